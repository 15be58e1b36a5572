"""The text of a document: read and written alike, and hostile ones refused with their line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro.errors import InvalidInput
from maestro.exchange.document import as_text, parse, read_text

PROMPT = "Say what it wants.\nOne word.\n"
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_whatever_an_agent_says_is_read_as_it_was_written(parameters: dict[str, object]) -> None:
    agent = {"slug": "a", "name": "A", "system_prompt": "p", "parameters": parameters}
    document = parse({"maestro": 1, "agents": [agent]})
    assert read_text(as_text(document.content())).agents[0].parameters == parameters


def test_a_prompt_stands_in_the_text_as_people_wrote_it() -> None:
    agent = {"slug": "a", "name": "A", "system_prompt": PROMPT}
    text = as_text(parse({"maestro": 1, "agents": [agent]}).content())
    assert "    system_prompt: |\n      Say what it wants.\n      One word.\n" in text


def test_words_and_times_stay_texts() -> None:
    text = "maestro: 1\nagents:\n  - {slug: on, name: 2026-01-01, system_prompt: 10:30, model: no}"
    agent = read_text(text).agents[0]
    assert (agent.slug, agent.name, agent.system_prompt, agent.model) == (
        "on",
        "2026-01-01",
        "10:30",
        "no",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("maestro: 1\nagents: [", "line 3"),
        ("maestro: 1\nmaestro: 1", "line 2: maestro stands twice"),
        ("a: &x [1]\nb: *x", "line 1: anchors and aliases are not taken"),
        ("[" * 5000, "nested deeper than 100"),
        ("maestro: 2", "maestro:"),
        ("maestro: 1\nskores: []", "skores:"),
        ("maestro: 1\nscores: [{slug: a}]", "scores.0.name:"),
        ("just a text", "document:"),
        ("1: 2", "a field's name is a text"),
        ("!!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("a: \x00", "no YAML"),
        ("maestro: 1\n---\nmaestro: 1", "line 2"),
        ("x" * 5_000_000, "more than"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_text(text)
    assert told in refusal.value.message
