"""The Composer in a real browser: what a score's canvas shows, and what can be done on it."""

import re

from playwright.sync_api import Locator, Page, expect

from maestro.workspaces.models import Membership, Role, Workspace
from scores.actions import create_score, read_draft, read_graph, save_graph
from scores.document import NodeDocument
from scores.models import Score
from tests.composer.bundling import bundle
from tests.factories import make_agent, make_score
from tests.runs.clusters import RunningCluster
from tests.scores.graphs import branch, find, graph, llm, map_over, step


def picking(key: str, field: str) -> NodeDocument:
    return step(key, config={"params": {"fields": [field]}})


def open_composer(tab: Page, pk: str) -> None:
    bundle()
    tab.emulate_media(reduced_motion="reduce")
    tab.goto(f"/admin/scores/score/{pk}/composer/")


def canvas(tab: Page, pk: str) -> None:
    open_composer(tab, pk)
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

    Membership.objects.update(role=Role.VIEWER)
    tab.reload()
    look.click()
    settings = tab.get_by_role("region", name="Settings of look")
    expect(settings.get_by_label("pipeline")).to_be_disabled()
    for tabbed, buttons in (("Settings", 0), ("Limits", 0), ("Ports", 1)):
        settings.get_by_role("tab", name=tabbed).click()
        expect(settings.get_by_role("tab", name=tabbed, selected=True)).to_be_visible()
        expect(settings.locator("section").first.get_by_role("button")).to_have_count(buttons + 1)
        assert not settings.locator(":is(input, select, textarea):enabled:visible").count()
    settings.get_by_role("button", name="to think").click()
    expect(tab.get_by_role("region", name="Edge from look to think")).to_be_visible()
    expect(tab.locator("#composer-head").get_by_role("button")).to_have_text(
        [re.compile("warning")]
    )


def port(tab: Page, key: str, name: str = "default") -> Locator:
    return tab.locator(f'[data-id="{key}"] .react-flow__handle[data-handleid="{name}"]')


def pull(tab: Page, source: Locator, target: Locator) -> None:
    """Drag from one handle to another as a hand does, once the canvas stands still."""
    source.hover()
    tab.mouse.down()
    target.hover(position={"x": 2, "y": 2}, force=True)
    target.hover(force=True)
    tab.mouse.up()


def test_a_score_is_built_from_a_blank_canvas_broken_understood_and_saved(
    tab: Page, workspace: Workspace
) -> None:
    score = create_score(workspace, {"name": "By hand"}, author="ines")
    open_composer(tab, score.pk)
    expect(tab.get_by_role("heading", name="No steps yet")).to_be_visible()
    pane = tab.locator(".react-flow__pane").bounding_box()
    assert pane
    tab.get_by_role("button", name="Branch").drag_to(
        tab.locator(".react-flow__pane"), target_position={"x": 300, "y": 150}
    )
    expect(tab.get_by_role("region", name="Settings of choose")).to_be_visible()
    dropped = tab.get_by_role("group", name="choose, branch").bounding_box()
    assert dropped
    assert abs(dropped["x"] - pane["x"] - 300) < dropped["width"]
    assert abs(dropped["y"] - pane["y"] - 150) < dropped["height"]
    tab.keyboard.press("Control+z")

    tab.keyboard.press("/")
    tab.keyboard.type("read csv")
    tab.keyboard.press("Enter")
    tab.keyboard.type("find contact")
    tab.keyboard.press("Enter")
    expect(tab.get_by_label("read_csv to find_contact")).to_have_count(1)
    tab.get_by_role("button", name="Branch").drag_to(
        tab.locator(".react-flow__pane"), target_position={"x": 760, "y": 200}
    )
    tab.keyboard.press("Shift+L")
    pull(tab, port(tab, "find_contact", "exists"), port(tab, "choose"))
    expect(tab.get_by_label("find_contact to choose by exists")).to_have_count(1)

    for key, text in (("Control+f", "choose"), ("c", "read_csv")):
        tab.keyboard.press(key)
        tab.keyboard.type(text)
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("group", name="choose, branch")).to_be_focused()
    expect(tab.get_by_label("choose to read_csv by yes")).to_have_count(1)
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


def test_the_settings_of_a_step_come_from_its_schema_and_a_condition_is_tried_as_it_is_typed(
    tab: Page, workspace: Workspace
) -> None:
    sample = {"port": "exists", "output": {"contact_id": "ct_1", "contact": {"stage": "new"}}}
    look = find("look", config={"sample": sample})
    choose = branch("choose", "fresh")
    edges = ["look.exists -> choose", "choose.fresh -> end"]
    score = make_score(workspace, graph(look, choose, step("end"), *edges))
    canvas(tab, score.pk)

    tab.get_by_role("group", name="look, code").click()
    settings = tab.get_by_role("region", name="Settings of look")
    warning = settings.get_by_text("Nothing follows look.not_found; draw an edge, or mark it")
    expect(warning).to_have_count(0)
    settings.get_by_role("button", name="1 warning").click()
    expect(warning).to_contain_text("(“ends here” under Ports). It ends here on purpose")
    settings.get_by_label("pipeline").fill("outreach")
    settings.get_by_label("Leaves by").select_option("not_found")
    settings.get_by_role("button", name="Unpin").click()
    settings.get_by_role("button", name="Write a sample").click()
    settings.get_by_label("Leaves by").select_option("exists")
    settings.get_by_label("Answer").fill('{"contact_id": "ct_1", "contact": {"stage": "new"}}')
    tab.get_by_role("group", name="choose, branch").click()
    settings = tab.get_by_role("region", name="Settings of choose")
    expect(settings).to_contain_text("ct_1")
    condition = settings.get_by_label("Condition for fresh")
    condition.fill('input.contact.stage == "old"')
    expect(settings.get_by_text("does not hold for what arrives")).to_be_visible()
    condition.fill('input.contact.stage == "new"')
    expect(settings.get_by_text("holds for what arrives", exact=True)).to_be_visible()
    condition.fill("input.contact.stage ==")
    expect(
        settings.get_by_role("status").filter(
            has_text="behind == at character 21 a value is missing"
        )
    ).to_be_visible()
    condition.fill('input.contact.stage == "new"')
    settings.get_by_role("tab", name="Ports").click()
    settings.get_by_label("ends here").last.check()
    expect(tab.get_by_role("button", name="Save version 2")).to_be_enabled()
    expect(tab.get_by_text("Draft after version 1, kept")).to_be_visible()

    kept = read_draft(Score.objects.get()).document
    params, config = kept.nodes[0].config["params"], kept.nodes[1].config
    assert params == {"pipeline": "outreach"}
    assert kept.nodes[0].config["sample"] == sample
    assert config["conditions"] == [{"port": "fresh", "when": 'input.contact.stage == "new"'}]
    assert config["ends"] == ["else"]
    tab.get_by_label("look to choose by exists").focus()
    tab.keyboard.press("Enter")
    tab.get_by_label("Field 1 of look").fill("contact_id")
    tab.get_by_label("Its name in choose").fill("id")
    expect(tab.get_by_label("Arrives as")).to_contain_text("ct_1")
    expect(tab.get_by_label("look to choose by exists, contact_id becomes id")).to_have_count(1)


def test_a_step_is_tested_and_pinned_and_a_rehearsal_watched_on_the_canvas(
    tab: Page, workspace: Workspace, child_environment: dict[str, str]
) -> None:
    nodes = [picking("gather", "items"), map_over("each", "tidy"), picking("tidy", "n")]
    document = graph(*nodes, "gather -> each", "each.item -> tidy")
    canvas(tab, make_score(workspace, document).pk)
    given = '{"items": [{"n": 1}, {"n": 2}, {"m": 3}]}'
    with RunningCluster(child_environment):
        tab.get_by_role("group", name="gather, code").click()
        test = tab.get_by_role("region", name="Test")
        test.get_by_text("Given what arrives").click()
        test.get_by_label("Input of the test").fill(given)
        test.get_by_role("button", name="Test this step").click()
        test.get_by_role("button", name="Pin as sample").click()
        expect(tab.get_by_text("A test is answered by the pinned sample.")).to_be_visible()
        tab.get_by_role("group", name="tidy, code").click()
        expect(tab.get_by_role("region", name="Arrives here")).to_contain_text('{"n":1}')

        tab.get_by_role("button", name="Rehearse").click()
        tab.get_by_label("Input", exact=True).fill(given)
        tab.get_by_role("button", name="Rehearse").last.click()

        bar = tab.get_by_role("region", name="How the run stands")
        expect(bar).to_contain_text("Succeeded")
    expect(bar).to_contain_text("from its draft, rehearsal")
    tidy = tab.get_by_role("group", name="tidy, code")
    expect(tidy).to_contain_text("3 of 3")
    tidy.click()
    bar.get_by_role("button", name="1", exact=True).click()
    record = tab.get_by_role("region", name="What tidy did")
    expect(record).to_contain_text("Item 1 succeeded")
    expect(record).to_contain_text("n 2")
    tab.get_by_role("link", name="Timeline", exact=True).click()
    tab.get_by_role("link", name="On the canvas").click()
    expect(bar).to_contain_text("Succeeded")
