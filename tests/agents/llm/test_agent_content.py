"""What a save of an agent refuses, because no model call could be made with it."""

import subprocess
import sys

import pytest

from maestro.errors import InvalidInput
from tests.factories import make_agent, make_workspace


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("parameters", {"temperature": 0.2}, "no temperature any more; set effort"),
        ("parameters", {"max_tokens": 0}, "max_tokens"),
        ("parameters", {"max_turn": 3}, "max_turn"),
        ("parameters", {"effort": "extreme"}, "effort"),
        ("parameters", [], "object"),
        (
            "output_schema",
            {"type": "object", "properties": {"a": {"$ref": "https://example.com/a"}}},
            "outside of it",
        ),
    ],
)
def test_what_no_model_takes_is_refused_at_the_save(field: str, value: object, told: str) -> None:
    with pytest.raises(InvalidInput, match=told) as refusal:
        make_agent(make_workspace(), **{field: value})

    assert refusal.value.details["place"] == field


def test_the_models_library_is_not_loaded_before_the_first_call() -> None:
    lines = "import agents.llm, agents.llm.session, sys; sys.exit('anthropic' in sys.modules)"

    subprocess.run([sys.executable, "-c", lines], check=True, timeout=250)
