"""Which programs may come in, and locking one out."""

import pytest
from django.test import Client

from maestro.workspaces.api_keys import find_api_key, make_api_key
from maestro.workspaces.models import ApiKey, Role
from tests.admin.conftest import SignIn, World
from tests.admin.pages import list_page, page


@pytest.fixture
def made(world: World) -> tuple[ApiKey, str]:
    return make_api_key(world.workspace, "Reporting", ["run:read"], author="ada")


def revoke(client: Client, key: ApiKey) -> None:
    client.post(list_page(ApiKey), {"action": "revoke", "_selected_action": [key.pk]})


def test_a_revoked_key_is_refused_from_its_next_request_on(
    made: tuple[ApiKey, str], sign_in: SignIn
) -> None:
    key, token = made
    assert find_api_key(token) is not None

    revoke(sign_in(Role.EDITOR), key)

    assert find_api_key(token) is None


def test_a_viewer_revokes_nothing(made: tuple[ApiKey, str], sign_in: SignIn) -> None:
    key, token = made

    revoke(sign_in(Role.VIEWER), key)

    assert find_api_key(token) is not None


def test_the_key_itself_is_on_no_page(made: tuple[ApiKey, str], sign_in: SignIn) -> None:
    key, token = made
    client = sign_in(Role.OWNER)

    for address in (list_page(key), page(key)):
        shown = client.get(address).content.decode()
        assert key.prefix in shown
        assert token not in shown and key.sha256 not in shown
