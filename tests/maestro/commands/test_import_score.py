"""`manage.py import_score`: old scores with inline prompts."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from agents.models import Agent
from scores.models import Score
from tests.factories import make_agent, make_workspace

pytestmark = pytest.mark.django_db

OLD = {
    "name": "Old triage",
    "graph": {
        "nodes": [
            {"key": "sort", "kind": "llm", "id": "n1", "system_prompt": "Sort.", "model": "m"},
            {"key": "write", "kind": "llm", "id": "n2", "system_prompt": "Write."},
        ],
        "edges": [{"from": "sort", "to": "write"}],
    },
}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "old.json"
    path.write_text(text)
    return path


def test_inline_prompts_become_agents_and_identical_ones_are_linked(tmp_path: Path) -> None:
    there = make_agent(make_workspace(), name="Writer", system_prompt="Write.")
    said = StringIO()

    call_command("import_score", written(tmp_path, json.dumps(OLD)), stdout=said)

    score = Score.objects.get(name="Old triage")
    made = Agent.objects.get(pk="ag_n1")
    assert (made.system_prompt, made.model) == ("Sort.", "m")
    assert set(score.nodes.values_list("agent", flat=True)) == {made.pk, there.pk}
    assert f"linked: agent writer ({there.pk}) for write" in said.getvalue()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no object"),
        ('{"graph": 5}', "nodes"),
        ('{"graph": {"nodes": [{"key": "a", "kind": "llm", "system_prompt": " "}]}}', "not empty"),
        ('{"graph": {"nodes": [{"key": "a", "kind": "no"}]}}', "kind"),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_is_made(
    tmp_path: Path, text: str, why: str
) -> None:
    make_workspace()

    with pytest.raises(CommandError, match=why):
        call_command("import_score", written(tmp_path, text))

    assert not Score.objects.exists()
    assert not Agent.objects.exists()
