"""Two versions side by side."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agents.comparison import LONGEST, Part, Setting, compare, compare_texts

LINES = st.lists(st.sampled_from(["one two", "two", "a, b.", "", " x\n y"])).map("\n".join)


def test_a_changed_word_is_shown_in_its_sentence() -> None:
    shown = list(compare_texts("A late yes is needs_review.\nEnd\n", "A late yes is interested.\n"))

    assert shown == [
        Part("same", "A late yes is "),
        Part("removed", "needs_review"),
        Part("added", "interested"),
        Part("same", ".\n"),
        Part("removed", "End\n"),
    ]


@given(LINES, LINES)
def test_the_parts_are_both_texts_again(before: str, after: str) -> None:
    parts = list(compare_texts(before, after))

    assert "".join(part.text for part in parts if part.change != "added") == before
    assert "".join(part.text for part in parts if part.change != "removed") == after
    assert all(one.change != other.change for one, other in pairwise(parts))


def test_equal_prompts_are_one_part_and_differ_in_nothing() -> None:
    comparison = compare({"system_prompt": "x", "model": "m"}, {"system_prompt": "x", "model": "m"})

    assert comparison.prompt == (Part("same", "x"),)
    assert (comparison.prompt_differs, comparison.settings) == (False, ())


def test_settings_are_compared_by_field_and_only_those_that_differ_are_told() -> None:
    before = {"system_prompt": "x", "model": None, "allowed_tools": ["http"], "name": "A"}
    after = {"system_prompt": "x", "model": "m", "allowed_tools": ["http"], "name": "B"}

    assert compare(before, after).settings == (
        Setting("model", None, "m"),
        Setting("name", "A", "B"),
    )


def test_a_field_that_one_version_does_not_know_is_empty_there() -> None:
    assert compare({"model": "m"}, {"effort": "low"}).settings == (
        Setting("model", "m", None),
        Setting("effort", None, "low"),
    )


def test_a_change_too_long_to_compare_is_shown_whole() -> None:
    before, after = ("\n".join(f"{name}{n}" for n in range(LONGEST)) for name in "ab")

    assert [part.change for part in compare_texts(f"x\n{before}", f"x\n{after}")] == [
        "same",
        "removed",
        "added",
    ]
