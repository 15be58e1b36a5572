"""The Composer in a real browser: what a score's canvas shows, and what can be done on it."""

from playwright.sync_api import Page, expect

from maestro.workspaces.models import Workspace
from tests.composer.bundling import bundle
from tests.factories import make_agent, make_score
from tests.scores.graphs import find, graph, llm, map_over, step


def canvas(tab: Page, pk: str) -> None:
    bundle()
    tab.goto(f"/admin/scores/score/{pk}/composer/")
    tab.locator(".react-flow__node").first.wait_for()


def test_a_score_is_shown_with_its_kinds_ports_and_frames(tab: Page, workspace: Workspace) -> None:
    agent = make_agent(workspace, name="Classify intent", model="claude-haiku-5-5")
    nodes = [step("gather"), map_over("each", "look", "think"), find("look")]
    document = graph(
        *nodes, llm("think", agent_id=agent.pk), step("close"),
        "gather -> each", "each.item -> look", "look.exists -> think", "each -> close",
    )  # fmt: skip
    canvas(tab, make_score(workspace, document, name="Triage").pk)

    expect(tab.get_by_role("group", name="think, agent, Classify intent")).to_be_visible()
    look = tab.get_by_role(
        "group", name="look, code, pipeline.find_contact. warning: Nothing follows"
    )
    expect(look).to_contain_text("not_found")
    frame = tab.get_by_role("group", name="each, map over")
    expect(frame).to_contain_text("map over items, 5 at a time, errors collected")
    inner, outer = look.bounding_box(), frame.bounding_box()
    assert inner and outer and outer["x"] < inner["x"] < outer["x"] + outer["width"]
    expect(tab.get_by_label("look to think by exists")).to_have_count(1)
    tab.evaluate("document.documentElement.classList.add('dark')")
    expect(tab.locator(".react-flow.dark")).to_be_visible()
