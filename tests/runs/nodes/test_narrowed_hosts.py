"""A workspace narrows which hosts its runs reach; another one's are not touched by it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from maestro.workspaces.changing import change_workspace
from maestro.workspaces.models import Workspace
from runs.actions import start_score
from runs.models import Mode, Run, Trigger
from tests.factories import make_score, make_workspace
from tests.far_ends.pages import PagedShop
from tests.far_ends.server import serving
from tests.runs.stage import play_here
from tests.scores.graphs import graph, step

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(settings: Settings) -> Iterator[PagedShop]:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"]
    with serving(PagedShop()) as far_end:
        yield far_end


def play(workspace: Workspace, url: str) -> Run:
    node = step("ask", skill="http", operation="get", config={"params": {"url": url}})
    score = make_score(workspace, graph(node))
    run = start_score(score, trigger=Trigger.MANUAL, input={}, mode=Mode.LIVE, started_by="ada")
    return play_here(run)


def test_a_run_reaches_what_its_own_workspace_names(shop: PagedShop) -> None:
    narrowed, other = make_workspace(), make_workspace()
    change_workspace(narrowed, {"egress_hosts": ["api.example.com"]}, author="ada")

    refused = play(narrowed, f"{shop.url}/x").error
    assert refused is not None and refused["code"] == "egress_refused"
    assert "not among the hosts that this workspace" in refused["message"]
    assert shop.seen == []
    assert play(other, f"{shop.url}/x").error is None

    change_workspace(narrowed, {"egress_hosts": ["127.0.0.1"]}, author="ada")
    assert play(narrowed, f"{shop.url}/x").error is None
    assert len(shop.seen) == 2
