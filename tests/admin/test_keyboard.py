"""Keys of one character are switched off by the person who does not want them, on every page."""

from maestro.workspaces.models import Role

from .conftest import SignIn, World
from .test_composer_page import config_in, open_page

OFF = "maestro/keys_off.js"


def test_a_person_switches_keys_of_one_character_off_for_every_page_and_session(
    world: World, sign_in: SignIn
) -> None:
    person = sign_in(Role.VIEWER)
    assert OFF not in person.get("/admin/").content.decode()

    person.post("/admin/keyboard/", {})

    assert OFF in person.get("/admin/").content.decode()
    assert config_in(open_page(person, world.score.pk))["singleKeys"] is False
    again = type(person)()
    again.force_login(person.get("/admin/").wsgi_request.user)  # type: ignore[arg-type]
    assert OFF in again.get("/admin/").content.decode()
    again.post("/admin/keyboard/", {"single_keys": "on"})
    assert OFF not in again.get("/admin/").content.decode()
