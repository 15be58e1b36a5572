from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.conditions import MAX_LENGTH, Verdict, compile_condition
from maestro.errors import InvalidInput, NodeError

LEAD = {"intent": "interested", "n": 3, "tags": ["a", "b"], "contact": {"stage": "new"}, "no": None}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('input.intent in ["interested", "needs_review"]', True),
        ('input.contact.stage == "new"', True),
        ("input.contact.stage == 'lost'", False),
        ("size(input.tags) == 2 && input.n >= 3", True),
        ('input.intent.startsWith("inter") && !input.intent.endsWith("!")', True),
        ('input.intent.contains("a.exists(x, true)")', False),
        ("has(input.contact.stage) && !has(input.phone)", True),
        ('"b" in (input.tags)', True),
        ('input["intent"] == "interested"', True),
        ("input.size() == 5", True),
        ('int("7") + input.n == 10', True),
        ("input.no == null ? true : false", True),
    ],
)
def test_a_condition_is_true_or_false_of_an_input(text: str, holds: bool) -> None:
    assert compile_condition(text).holds(LEAD) == Verdict(holds)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("input.phone == 1", "phone"),
        ("input.contact.mail == 1", "mail"),
        ('input["phone"] == 1', "phone"),
        ("!has(input.company.name)", "company"),
        ("input.tags[5] == 'a'", "an item after the end of a list"),
    ],
)
def test_a_missing_field_makes_it_false_and_is_named(text: str, missing: str) -> None:
    assert compile_condition(text).holds(LEAD) == Verdict(False, missing)


@pytest.mark.parametrize(
    "text", ["input.intent > 3", "input.intent", "int(input.intent) == 1", "input.n / 0 == 1"]
)
def test_values_that_do_not_suit_it_are_an_error_of_the_node(text: str) -> None:
    with pytest.raises(NodeError, match="condition"):
        compile_condition(text).holds(LEAD)


@pytest.mark.parametrize(
    "text",
    [
        "input.tags.exists(x, x == 'a')",
        "input.tags.all (x, true)",
        "input.tags.map(input, input) == []",
        "[1].filter(i, true) == []",
        "[1].exists_one(i, true)",
        "[1].existsOne(i, true)",
        'input.intent.matches("^a")',
        "other == 1",
        "type(1) == int",
        "Lead{name: 1} == input",
        '{"a": 1}.a == 1',
        'r"\\" + [1].exists(i, true) + "x" == input',
        '"""" == "" && [1].exists(i, true) || """"',
        "'''a' == [1].exists(i, true) || '''' == 'b",
        "true // ' \n && [1].exists(i, true) // '",
        "`a` == 1",
        "input.a ==",
        "",
        "input.n == 1 " + "|| input.n == 1 " * 40,
        "input.s" + "+input.s" * 11 + " == 'x'",
        "(" * 200 + "1" + ")" * 200,
    ],
)
def test_what_is_not_bounded_or_not_known_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        compile_condition(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("input.n ==", "behind == at character 9 a value is missing"),
        ("input.n = 3", "contain = at character 9: compare with =="),
        ("input.a and input.b", "and at character 9: “and” is written &&"),
        ("input.a in [1] or", "or at character 16: “or” is written ||"),
        ("(input.n", "( at character 1 is not closed"),
        ("input.n == 3)", ") at character 13 closes nothing"),
        ("input.n == 3 4", "between 3 and 4 at character 14 a sign is missing"),
        ("input.contact.", "behind . at character 14 the name of a field is missing"),
        ("input.intent == 'new", "The text that begins at character 17 is not closed"),
        ("input.n == None", "nothing is written null"),
        ("stage == 'new'", "write input.stage for the field"),
        ("input.a ? 1", "at character 11, by 1; it reads like input.stage"),
        (" ", "The condition is empty"),
    ],
)
def test_a_condition_that_cannot_be_read_says_where_and_what_to_write(text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        compile_condition(text)
    assert said in refusal.value.message


def test_a_condition_is_given_only_the_fields_it_reads() -> None:
    assert compile_condition("input.a.b == 1 || has(input.c)").fields == frozenset("ac")
    assert compile_condition("input.a == 1 && input.size() > 2").fields is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
TEXTS = ["input.a == 1", "input.a + input.b > 0", "size(input.a) < input.b", "input.a % 2 / 0 == 0"]


@given(text=st.sampled_from(TEXTS), a=json_values, b=json_values)
def test_any_input_gets_a_verdict_or_an_error_of_the_node(text: str, a: Any, b: Any) -> None:  # noqa: ANN401
    try:
        assert isinstance(compile_condition(text).holds({"a": a, "b": b}), Verdict)
    except NodeError as error:
        assert text in error.message


@given(st.text(alphabet="input.ab()[]{}'\"\\r,x=1+ exists/\n", max_size=60))
def test_no_text_hides_a_call_from_the_check(text: str) -> None:
    try:
        condition = compile_condition(text)
    except InvalidInput as refusal:
        assert "expecting" not in refusal.message
        return
    assert "@not_strictly_false" not in condition.program.functions()
    assert len(text) <= MAX_LENGTH
