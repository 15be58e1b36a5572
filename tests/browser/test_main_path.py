"""What a person does first: sign in, change an agent, rehearse a score, watch the run."""

import re

from playwright.sync_api import Browser, Page, expect

from agents.models import Agent
from maestro.workspaces.models import Workspace
from runs.actions import cancel_run, start_score
from runs.models import Run, Trigger
from scores.document import NodeDocument
from tests.admin.rows import make_node, make_run
from tests.factories import make_agent, make_score
from tests.runs.clusters import RunningCluster
from tests.scores.graphs import graph, llm, map_over, step


def picking(key: str, field: str) -> NodeDocument:
    return step(key, config={"params": {"fields": [field]}})


def test_a_score_is_rehearsed_and_its_run_watched_to_the_end(
    tab: Page, workspace: Workspace, child_environment: dict[str, str]
) -> None:
    nodes = [picking("gather", "items"), map_over("each", "tidy")]
    nodes += [picking("tidy", "n"), picking("close", "results")]
    document = graph(*nodes, "gather -> each", "each.item -> tidy", "each -> close")
    make_score(workspace, document, name="Tidy up")
    with RunningCluster(child_environment):
        tab.get_by_role("link", name="Scores", exact=True).click()
        tab.get_by_role("link", name="Tidy up").click()
        tab.get_by_label("Input", exact=True).first.fill(
            '{"items": [{"n": 1}, {"n": 2}, {"n": 3}]}'
        )
        tab.get_by_role("button", name="Rehearse").click()
        expect(tab.locator("#run-head")).to_contain_text("Succeeded")
    timeline = tab.locator("#run-timeline")
    expect(timeline).to_contain_text("3 done")

    timeline.get_by_role("link", name="item 1").click()
    timeline.get_by_role("link", name=re.compile("^tidy")).click()

    pane = tab.locator("#run-pane")
    expect(pane).to_contain_text("each 1")
    expect(pane.get_by_role("heading", name="tidy")).to_be_visible()
    assert "at=each" in tab.url
    tab.reload()
    expect(pane.get_by_role("heading", name="tidy")).to_be_visible()


def test_an_open_page_of_a_run_follows_what_happens(tab: Page, workspace: Workspace) -> None:
    score = make_score(workspace)
    run = start_score(score, trigger=Trigger.MANUAL, started_by="ines")
    tab.goto(f"/admin/runs/run/{run.pk}/change/")
    expect(tab.locator("#run-head")).to_contain_text("Waits for a player.")
    tab.evaluate("window.stays = true")

    cancel_run(Run.objects.get(), by="someone else")

    expect(tab.locator("#run-head")).to_contain_text("Cancelled")
    expect(tab.get_by_role("button", name="Run again with this input")).to_be_visible()
    expect(tab.get_by_role("button", name="Cancel run")).to_have_count(0)
    assert tab.evaluate("window.stays"), (
        "it was loaded anew, and whatever was clicked then was lost"
    )


def test_a_shared_agent_is_saved_with_its_note_and_cannot_be_deleted(
    tab: Page, workspace: Workspace
) -> None:
    agent = make_agent(workspace, name="Classify")
    make_score(workspace, graph(llm("think", agent_id=agent.pk)), name="Triage")
    tab.goto(f"/admin/agents/agent/{agent.pk}/change/")
    expect(tab.get_by_text("Used by 1 score. Saving will apply")).to_be_visible()

    tab.get_by_label("System prompt").fill("Be brief.")
    tab.get_by_label("Note for v2").fill("Shorter")
    tab.get_by_role("button", name="Save v2 for 1 score").click()

    expect(tab.get_by_role("heading", name="Agents")).to_be_visible()
    saved = Agent.objects.get()
    assert (saved.version, saved.versions.get(version=2).note) == (2, "Shorter")
    tab.goto(f"/admin/agents/agent/{agent.pk}/change/")
    tab.get_by_role("link", name="Delete agent").click()
    expect(
        tab.get_by_text("Classify cannot be deleted: 1 node in 1 score uses it.")
    ).to_be_visible()
    tab.get_by_role("main").get_by_role("link", name="Triage").click()
    expect(tab.get_by_role("heading", name="Triage")).to_be_visible()


def test_a_graph_is_mended_where_its_page_says_what_is_wrong(
    tab: Page, workspace: Workspace
) -> None:
    score = make_score(workspace, graph(step("first"), step("second"), "first -> second"))
    tab.goto(f"/admin/scores/score/{score.pk}/change/")
    tab.get_by_label("Port").nth(0).fill("nowhere")
    tab.get_by_role("button", name="Save v2").click()
    expect(tab.get_by_text("nowhere", exact=False).first).to_be_visible()
    tab.wait_for_load_state()  # until then no script hears a click
    tab.get_by_label("Port").nth(0).fill("success")
    tab.get_by_role("button", name="second").click()
    tab.locator("#id_nodes-1-label").fill("The second one")
    tab.get_by_role("button", name="Save v2").click()
    expect(tab.get_by_role("heading", name="Scores")).to_be_visible()
    assert score.nodes.get(key="second").label == "The second one"


def test_the_keyboard_reaches_the_sidebar_and_the_content(tab: Page) -> None:
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to content")).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator("#workspaces")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("#workspaces")).to_be_hidden()
    toggle = tab.get_by_role("button", name="Show or hide the sidebar")
    toggle.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#nav-sidebar")).to_be_hidden()


def test_a_run_is_looked_into_without_script(
    tab: Page, browser: Browser, workspace: Workspace
) -> None:
    run = make_run(make_score(workspace, graph(step("gather"), step("close"), "gather -> close")))
    make_node(run, "gather", output_json={"found": "what was gathered"})
    context = browser.new_context(
        java_script_enabled=False, base_url=tab.url.split("/admin")[0],
        storage_state=tab.context.storage_state(),
    )  # fmt: skip
    plain = context.new_page()
    plain.goto(f"/admin/runs/run/{run.pk}/change/")
    plain.get_by_role("link", name="gather").click()
    expect(plain.locator("#run-pane")).to_contain_text("what was gathered")
    context.close()
