"""What a save warns of: few things, and true ones."""

import pytest

from scores.checks.references import Known
from scores.checks.shapes import Answers
from scores.document import GraphDocument, NodeDocument, RetryPolicy
from scores.validation import check_document

from .graphs import add, edge, find, graph, llm, looping, map_over, parallel, step
from .wording import names_its_settings


def warned(document: GraphDocument) -> set[tuple[str, str | None]]:
    """Without fields that nobody gives: the steps here are given none."""
    issues = check_document(document, Known({}))
    assert {issue.level for issue in issues} <= {"warning"}
    assert all(map(names_its_settings, issues))
    return {(one.code, one.node) for one in issues if one.code != "field_never_comes"}


def test_a_port_that_nothing_follows_is_told_unless_it_ends_on_purpose() -> None:
    forgotten = graph(find("look"), step("next"), "look.not_found -> next")
    meant = graph(find("look", config={"ends": ["exists"]}), step("next"), "look.not_found -> next")

    assert warned(forgotten) == {("port_goes_nowhere", "look")}
    assert warned(meant) == set()


def test_a_node_that_ends_by_all_its_ports_is_no_surprise() -> None:
    assert warned(graph(find("look"))) == set()


@pytest.mark.parametrize(
    ("config", "told"),
    [({}, {("join_does_not_wait", "act")}), ({"join": "all"}, set()), ({"join": "any"}, set())],
)
def test_a_join_that_does_not_wait_is_told_unless_it_is_chosen(
    config: dict[str, object], told: set[tuple[str, str]]
) -> None:
    body = graph(
        map_over("each", "look", "act"),
        find("look", config={"ends": ["exists"]}),
        step("act", config=config),
        *["each.item -> look", "each.item -> act", "look.not_found -> act"],
    )

    assert warned(body) == told


def test_passes_without_an_edge_back_are_told() -> None:
    assert warned(graph(looping("a", 3))) == {("never_passed_again", "a")}
    assert warned(graph(looping("a", 3), "a.on_error -> a")) == set()


def test_retries_of_a_node_that_is_never_tried_again_are_told() -> None:
    fan = parallel("fan", "a", "b")
    tried = fan.model_copy(update={"retry": RetryPolicy(attempts=3)})
    left, right, led = step("left"), step("right"), ("fan.a -> left", "fan.b -> right")

    assert warned(graph(tried, left, right, *led)) == {("never_tried_again", "fan")}
    assert warned(graph(fan, left, right, *led)) == set()


def test_branches_of_a_parallel_are_taken_in_any_case() -> None:
    document = graph(
        parallel("fan", "a", "b"), find("look", config={"ends": ["exists"]}), step("act"),
        "fan.a -> look", "fan.b -> act", "look.not_found -> act",
    )  # fmt: skip

    assert warned(document) == {("join_does_not_wait", "act")}
    assert warned(graph(parallel("fan", "a", "b"), step("act"), "fan.a -> act")) == {
        ("port_goes_nowhere", "fan")
    }


def test_a_required_field_over_an_edge_that_may_be_dead_is_told() -> None:
    assert warned(contact_for("add.exists -> log")) == {("field_may_not_come", "log")}
    assert warned(contact_for("add.exists -> log", "add.success -> log")) == set()
    assert warned(contact_for("add.exists -> log", join="all")) == set()
    assert warned(contact_for("add.exists -> log", contact_id="ct_1")) == set()


def contact_for(*edges: str, join: str = "any", **params: str) -> GraphDocument:
    """`log` needs a contact_id, which `add` gives and `first` does not."""
    logging = {"skill": "pipeline", "operation": "log_activity"}
    return graph(
        add("add", config={"ends": ["success"]}),
        step("first", **logging),
        step("log", config={"params": params | {"kind": "seen"}, "join": join}, **logging),
        "first -> log",
        *edges,
    )


def told(document: GraphDocument, answers: Answers | None = None) -> list[tuple[str, str]]:
    """Of the fields: code and message."""
    issues = check_document(document, Known({"ag_1": frozenset({1})}), answers)
    assert all(map(names_its_settings, issues))
    return [(issue.code, issue.message) for issue in issues]


def test_a_field_that_no_edge_brings_is_told_with_the_mend() -> None:
    read = step("read", operation="read_csv")
    mail = step(
        "mail", skill="email", operation="send_email", config={"params": {"to": ["a@b.org"]}}
    )
    missing = graph(read, mail, "read -> mail")

    assert [code for code, _ in told(missing)] == [
        "output_unused", "field_never_comes", "field_never_comes",
    ]  # fmt: skip
    assert "mail needs body, which no edge brings" in told(missing)[1][1]
    filled = {"to": ["a@b.org"], "subject": "x", "body": "y"}
    given = step("mail", skill="email", operation="send_email", config={"params": filled})
    assert [
        code for code, _ in told(graph(read, given, "read -> given".replace("given", "mail")))
    ] == ["output_unused"]


def test_a_field_taken_out_of_a_list_is_told_as_one_that_never_comes() -> None:
    read, mail = step("read", operation="read_csv"), mailing().nodes[0]
    mail = mail.model_copy(update={"config": {"params": {"to": ["a@b.org"], "subject": "x"}}})

    first = graph(read, mail, edge("read -> mail", transform={"rows.0.note": "body"}))

    assert "field_never_comes" in [code for code, _ in told(first)]


def test_a_field_of_a_type_that_cannot_be_read_is_told() -> None:
    read = step("read", operation="read_csv")
    mail = step(
        "mail",
        skill="email",
        operation="send_email",
        config={"params": {"to": ["a@b.org"], "subject": "x"}},
    )
    lists = graph(read, mail, edge("read -> mail", transform={"rows": "body"}))
    assert [code for code, _ in told(lists)] == ["field_of_another_type"]
    assert "brings body as a list; mail takes a text" in told(lists)[0][1]


def test_what_an_agent_answers_is_compared_with_what_is_taken() -> None:
    fields = {"subject": {"type": "string"}, "body": {"type": "object"}}
    schema = {"type": "object", "properties": fields, "additionalProperties": False}
    mail = step(
        "mail", skill="email", operation="send_email", config={"params": {"to": ["a@b.org"]}}
    )
    document = graph(llm("think"), mail, "think -> mail")

    assert told(document) == []
    assert [code for code, _ in told(document, {("ag_1", None): schema})] == [
        "field_of_another_type"
    ]
    open_ended = {**schema, "additionalProperties": True}
    assert told(document, {("ag_1", None): open_ended}) == []


def test_a_list_for_a_map_or_a_gate_that_no_edge_brings_is_told() -> None:
    read = step("read", operation="read_csv", config={"params": {"csv": "a"}})
    mapped = graph(read, map_over("each", "do"), step("do"), "read -> each", "each.item -> do")
    assert told(mapped) == [
        (
            "field_never_comes",
            "each needs items, which no edge brings; rename a field on an edge to it, "
            "or name another in config.items_field.",
        )
    ]
    renamed = edge("read -> each", transform={"rows": "items"})
    assert told(graph(read, map_over("each", "do"), step("do"), renamed, "each.item -> do")) == []
    counts = {"items_field": "ended"}
    asked = NodeDocument(key="ask", kind="control", subkind="gate", config=counts)
    counted = graph(
        read, map_over("each", "do"), step("do"), asked,
        renamed, "each.item -> do", "each -> ask",
    )  # fmt: skip
    assert [code for code, _ in told(counted)] == ["field_of_another_type"]
    assert "brings ended as a whole number; ask takes a list" in told(counted)[0][1]


def mailing(**params: object) -> GraphDocument:
    given = {"to": ["a@b.org"], "subject": "x", "body": "y", **params}
    return graph(step("mail", skill="email", operation="send_email", config={"params": given}))


def test_a_param_that_the_operation_does_not_have_is_told_with_the_nearest_one() -> None:
    assert told(mailing()) == []
    assert told(mailing(subjekt="x")) == [
        (
            "unknown_param",
            "mail: email.send_email has no field subjekt, so config.params.subjekt is left out; "
            "did you mean subject?",
        )
    ]
    assert "it takes to, " in told(mailing(zzz=1))[0][1]
    anything = step("fill", operation="template", config={"params": {"templates": {}, "who": "x"}})
    assert told(graph(anything)) == []


def test_a_param_that_the_operation_cannot_take_is_told() -> None:
    assert told(mailing(subject=["x"])) == [
        ("unfit_param", "mail: config.params.subject: Input should be a valid string; change it.")
    ]


def test_a_rename_of_a_field_that_never_comes_is_told() -> None:
    look = find("look", config={"ends": ["not_found"]})
    right = graph(
        look, step("next"), edge("look.exists -> next", transform={"contact.email": "email"})
    )
    wrong = graph(look, step("next"), edge("look.exists -> next", transform={"mail": "email"}))

    assert "rename_of_nothing" not in {code for code, _ in warned(right)}
    told = [one for one in check_document(wrong, Known({})) if one.code == "rename_of_nothing"]
    assert [one.message.partition(";")[0] for one in told] == [
        "The edge look.exists → next renames mail, which look does not give"
    ]
