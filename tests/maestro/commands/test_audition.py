"""`manage.py audition`: what a build asks before it lets a prompt in."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from maestro.management.commands import audition as command
from runs.auditions.models import Audition
from tests.runs.agents import model
from tests.runs.auditions.stage import JSON, NEW_PROMPT, classifier, recorded, sorting
from tests.runs.stage import play_here

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def prompt(tmp_path: Path) -> Path:
    path = tmp_path / "prompt.txt"
    path.write_text(NEW_PROMPT)
    return path


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What the command prints, while a player plays what it starts and a model sorts by `new`."""
    recorded(classifier(slug="classify"), ["One", "Two", "Three"], sorting(old=lambda _: "unsure"))
    monkeypatch.setattr(command, "cluster_is_beating", lambda: True)

    def call(new: Callable[[str], str], **options: Any) -> str:
        def play(self: command.Command, audition: Audition) -> None:
            with model(sorting(new=new)):
                play_here(audition.run)  # type: ignore[arg-type]
            waiting(self, audition)

        waiting = command.Command._wait
        said = StringIO()
        with monkeypatch.context() as patched:
            patched.setattr(command.Command, "_wait", play)
            call_command("audition", "classify", stdout=said, **options)
        return said.getvalue()

    return call


def test_a_prompt_that_answers_the_same_passes(heard: Callable[..., str], prompt: Path) -> None:
    said = heard(
        lambda _: "unsure", prompt_file=prompt, last=2, grade=["equal:intent", "cost<0.01"]
    )

    assert "played                 2 of 2" in said
    assert "pass intent equal: 2 of 2" in said
    assert said.rstrip().endswith("passed")


def test_a_prompt_that_got_worse_is_refused_with_exit_code_1(
    heard: Callable[..., str], prompt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        heard(
            lambda reply: "interested" if "Two" in reply else "unsure",
            prompt_file=prompt,
            grade=["equal:intent@90%"],
        )

    assert ended.value.code == 1
    assert Audition.objects.get().passed is False


def test_rows_that_the_budget_left_out_prove_nothing(
    heard: Callable[..., str], prompt: Path
) -> None:
    with pytest.raises(SystemExit):
        heard(lambda _: "unsure", prompt_file=prompt, budget=0.0005)

    audition = Audition.objects.get()
    totals: JSON = audition.totals or {}
    assert audition.passed is True
    assert totals["played"] < totals["rows"] == 3


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"grade": ["vibes"]}, "'vibes' is no grader"),
        ({"model": "gpt-9"}, "gpt-9 has no price"),
        ({"prompt_file": Path("/nowhere")}, "/nowhere"),
        ({"last": 0}, "greater than or equal to 1"),
    ],
)
def test_what_it_cannot_begin_it_refuses_with_exit_code_2(
    heard: Callable[..., str], prompt: Path, options: JSON, why: str
) -> None:
    with pytest.raises(CommandError, match=why) as refusal:
        heard(lambda _: "unsure", **{"prompt_file": prompt, **options})

    assert refusal.value.returncode == 2


def test_it_says_the_price_and_stops(heard: Callable[..., str], prompt: Path) -> None:
    said = heard(lambda _: "unsure", prompt_file=prompt, price=True)

    assert "at 3 recorded inputs: about $0.0013" in said
    assert not Audition.objects.exists()


def test_without_a_cluster_nothing_is_begun(
    heard: Callable[..., str], prompt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "cluster_is_beating", lambda: False)

    with pytest.raises(CommandError, match="No cluster is running"):
        heard(lambda _: "unsure", prompt_file=prompt)
