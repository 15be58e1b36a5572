"""The Composer in a real browser: what a score's canvas shows, and what can be done on it."""

import re

from playwright.sync_api import Locator, Page, expect

from maestro.workspaces.models import Workspace
from scores.actions import create_score, read_graph, save_graph
from scores.models import Score
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


def port(tab: Page, key: str, name: str = "default") -> Locator:
    return tab.locator(f'[data-id="{key}"] .react-flow__handle[data-handleid="{name}"]')


def pull(tab: Page, source: Locator, target: Locator) -> None:
    """Drag from one place to another as a hand does."""
    begin, end = source.bounding_box(), target.bounding_box()
    assert begin and end
    tab.mouse.move(begin["x"] + begin["width"] / 2, begin["y"] + begin["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(end["x"] - 30, end["y"] - 30, steps=4)
    tab.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=4)
    tab.mouse.up()


def test_a_score_is_built_from_a_blank_canvas_broken_understood_and_saved(
    tab: Page, workspace: Workspace
) -> None:
    score = create_score(workspace, {"name": "By hand"}, author="ines")
    bundle()
    tab.goto(f"/admin/scores/score/{score.pk}/composer/")
    expect(tab.get_by_role("heading", name="No steps yet")).to_be_visible()

    tab.keyboard.press("/")
    tab.keyboard.type("read csv")
    tab.keyboard.press("Enter")
    tab.keyboard.type("find contact")
    tab.keyboard.press("Enter")
    expect(tab.get_by_label("read_csv to find_contact")).to_have_count(1)
    tab.get_by_role("button", name="Branch").drag_to(
        tab.locator(".react-flow__pane"), target_position={"x": 760, "y": 520}
    )
    pull(tab, port(tab, "find_contact", "exists"), port(tab, "choose"))
    expect(tab.get_by_label("find_contact to choose by exists")).to_have_count(1)

    pull(tab, port(tab, "choose", "yes"), port(tab, "read_csv"))
    tab.get_by_role("button", name="1 error").click()
    why = tab.get_by_role("button", name=re.compile("circle.*read_csv → find_contact → choose"))
    expect(why).to_be_visible()
    tab.keyboard.press("Escape")
    tab.keyboard.press("Control+z")
    expect(tab.get_by_role("button", name="1 error")).to_have_count(0)

    tab.keyboard.press("Control+s")
    tab.get_by_label("What changed").fill("Begun")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Saved as version 1. The next run plays it.")).to_be_visible()
    saved = read_graph(Score.objects.get())
    assert [str(edge) for edge in saved.edges] == [
        "read_csv.success → find_contact", "find_contact.exists → choose",
    ]  # fmt: skip
    assert score.versions.get().message == "Begun"


def test_who_was_slower_sees_it_and_chooses(tab: Page, workspace: Workspace) -> None:
    score = make_score(workspace, graph(step("first"), step("second"), "first -> second"))
    canvas(tab, score.pk)
    save_graph(score, graph(step("first"), step("other")), author="kai")

    tab.locator('[data-id="second"]').click()
    tab.keyboard.press("Delete")

    dialog = tab.get_by_role("dialog", name="Somebody else was faster")
    expect(dialog).to_contain_text("at version 2 now; you began from version 1")
    dialog.get_by_role("button", name="Keep mine, to be version 3").click()
    expect(tab.get_by_text("Draft after version 2, kept")).to_be_visible()
    tab.get_by_role("button", name="Save version 3").click()
    tab.get_by_role("dialog").get_by_role("button", name="Save version 3").click()
    expect(tab.get_by_text("Saved as version 3.")).to_be_visible()
    assert [node.key for node in read_graph(Score.objects.get()).nodes] == ["first"]
