"""A node of `http` proves itself by a secret that its own params name, to the vault's hosts alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from maestro.errors import Conflict
from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from orchestras.actions import create_orchestra
from orchestras.slots import require_slots
from runs.actions import start_score
from runs.models import Mode, Run, Trigger
from tests.factories import make_score, make_workspace
from tests.far_ends.pages import PagedShop
from tests.far_ends.server import serving
from tests.runs.stage import play_here
from tests.scores.graphs import graph, step

KEY = "canary/8f2a+91c4=="
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(settings: Settings) -> Iterator[PagedShop]:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"]
    with serving(PagedShop()) as far_end:
        yield far_end


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


def play(workspace: Workspace, params: dict[str, Any], **given: Any) -> Run:
    node = step("ask", skill="http", operation="get", config={"params": params})
    score = make_score(workspace, graph(node))
    run = start_score(score, trigger=Trigger.MANUAL, input=given, mode=Mode.LIVE, started_by="ada")
    return play_here(run)


def test_the_secret_goes_to_its_host_and_to_no_other(workspace: Workspace, shop: PagedShop) -> None:
    params = {"url": f"{shop.url}/x", "auth": {"secret": "shop_key"}}
    set_secret(workspace, "shop_key", KEY, by="ada", hosts=[shop.url])
    good = play(workspace, params)
    set_secret(workspace, "shop_key", KEY, by="ada", hosts=["api.shop.example"])
    bad = play(workspace, params)
    set_secret(workspace, "shop_key", KEY, by="ada", hosts=[])
    nowhere = play(workspace, params)

    assert good.error is None
    assert [r.headers.get("authorization") for r in shop.seen] == [f"Bearer {KEY}"]
    for refused in (bad, nowhere):
        assert refused.error is not None and refused.error["code"] == "egress_refused"
        assert KEY not in str(refused.error)


def test_what_comes_in_cannot_name_a_secret(workspace: Workspace, shop: PagedShop) -> None:
    set_secret(workspace, "shop_key", KEY, by="ada", hosts=[shop.url])

    run = play(workspace, {"url": f"{shop.url}/x"}, auth={"secret": "shop_key"})

    assert run.error is not None and run.error["code"] == "missing_secret"
    assert shop.seen == []


def test_an_orchestra_knows_the_slot_that_a_node_names(
    workspace: Workspace, shop: PagedShop
) -> None:
    params = {"url": f"{shop.url}/x", "auth": {"secret": "shop_key"}}
    node = step("ask", skill="http", operation="get", config={"params": params})
    score = make_score(workspace, graph(node))
    orchestra = create_orchestra(workspace, {"name": "Shop", "score": score}, author="ada")

    with pytest.raises(Conflict, match=r"shop_key \(for ask\)"):
        require_slots(orchestra)
