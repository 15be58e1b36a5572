import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias, cast

import pytest
from pydantic import BaseModel, ConfigDict, Field

from agents.skills import registry
from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample
from agents.skills.outcome import Outcome
from maestro.errors import (
    InvalidNodeInput,
    InvalidNodeOutput,
    Misconfigured,
    NodeError,
    OutcomeUnknown,
    TimedOut,
    UnknownOperation,
)

Announce: TypeAlias = Callable[[str], None]

skill = Skill(name="echo", version="1", description="Says it again", icon="campaign")
SAMPLE = Sample({"text": "hello"})


class Words(BaseModel):
    text: str = Field(min_length=2)
    times: int = 1


class Said(BaseModel):
    text: Any = None
    thread: str = ""


class Anything(BaseModel):
    model_config = ConfigDict(extra="allow")


@skill.operation(sample=SAMPLE, effect=Effect.NONE, ports=("success", "silence"))
async def say(input: Words, context: Context) -> Said | tuple[str, Said]:
    """Say the text."""
    return ("silence", Said()) if input.text == "hush" else Said(text=input.text * input.times)


@skill.operation(sample=SAMPLE, effect=Effect.NONE)
def say_in_thread(input: Words, context: Context) -> Said:
    return Said(text=input.text, thread=threading.current_thread().name)


@skill.operation(sample=SAMPLE, effect=Effect.NONE)
async def repeat_all(input: Anything, context: Context) -> Anything:
    return input


@skill.operation(sample=SAMPLE, effect=Effect.NONE)
async def wrong_port(input: Anything, context: Context) -> tuple[str, Said]:
    return "elsewhere", Said()


@skill.operation(sample=SAMPLE, effect=Effect.NONE)
async def wrong_shape(input: Anything, context: Context) -> Said:
    return {"thread": 5}  # type: ignore[return-value]  # a fault to be caught


@skill.operation(sample=SAMPLE, effect=Effect.READ)
async def dawdle(input: Anything, context: Context) -> Said:
    await asyncio.sleep(30)
    return Said()


@skill.operation(sample=SAMPLE)
def dawdle_over_a_write(input: Anything, context: Context) -> Said:
    time.sleep(0.2)
    return Said()


@skill.operation(sample=SAMPLE, effect=Effect.LOCAL)
def keep(input: Words, context: Context) -> Said:
    return Said(text=context.run_id)


async def call(
    name: str,
    input: dict[str, Any],
    context: Context,
    pool: ThreadPoolExecutor | None = None,
    timeout_seconds: float | None = None,
) -> Outcome:
    operation = skill.operations[name]
    return await registry.call(
        operation, input, context, pool=pool, timeout_seconds=timeout_seconds
    )


def places_named(refused: NodeError) -> list[str]:
    fields = cast(list[dict[str, str]], refused.details["fields"])
    return [field["place"] for field in fields]


async def test_a_field_the_input_does_not_declare_is_left_out(context: Context) -> None:
    assert await call("say", {"text": "ho", "times": 2, "lead": "Ada"}, context) == (
        "success",
        {"text": "hoho"},
    )


async def test_an_open_input_gets_every_field(context: Context) -> None:
    given = {"text": "ho", "lead": {"name": "Ada"}}

    assert (await call("repeat_all", given, context)).output == given


async def test_a_field_left_unset_stays_out_of_the_output(context: Context) -> None:
    assert await call("say", {"text": "hush"}, context) == ("silence", {})


async def test_a_bad_input_names_its_places_and_not_its_values(context: Context) -> None:
    with pytest.raises(InvalidNodeInput) as refused:
        await call("say", {"text": "?", "times": "often"}, context)

    assert places_named(refused.value) == ["text", "times"]
    assert "often" not in str(refused.value.as_json())


async def test_a_plain_function_runs_in_the_given_pool(context: Context) -> None:
    with ThreadPoolExecutor(1, "pool") as pool:
        outcome = await call("say_in_thread", {"text": "ho"}, context, pool=pool)

    assert outcome.output["thread"] == "pool_0"


async def test_a_port_that_is_not_declared_is_refused(context: Context) -> None:
    with pytest.raises(InvalidNodeOutput, match="elsewhere"):
        await call("wrong_port", {}, context)


async def test_an_output_that_does_not_fit_names_its_place(context: Context) -> None:
    with pytest.raises(InvalidNodeOutput) as refused:
        await call("wrong_shape", {}, context)

    assert places_named(refused.value) == ["thread"]


async def test_a_read_that_takes_too_long_timed_out(context: Context) -> None:
    with pytest.raises(TimedOut):
        await call("dawdle", {}, context, timeout_seconds=0.01)


async def test_a_write_that_takes_too_long_may_have_happened(context: Context) -> None:
    with pytest.raises(OutcomeUnknown):
        await call("dawdle_over_a_write", {}, context, timeout_seconds=0.01)


def test_a_local_operation_is_called_in_the_callers_thread(context: Context) -> None:
    outcome = skill.operations["keep"].call_local({"text": "ho"}, context)

    assert outcome == ("success", {"text": "run_1"})


def test_an_undeclared_effect_is_a_write_that_nobody_repeats() -> None:
    write = skill.operations["dawdle_over_a_write"]

    assert (write.effect, write.guarantee(), write.retryable) == ("write", "at_most_once", False)


def test_a_local_operation_cannot_be_async() -> None:
    async def drift(input: Words, context: Context) -> Said:
        return Said()

    with pytest.raises(TypeError, match="plain def"):
        skill.operation(sample=SAMPLE, effect=Effect.LOCAL)(drift)


def test_whether_it_is_idempotent_is_asked_at_call_time() -> None:
    answers = [True, False]
    other = Skill(name="other", version="1", description="", icon="mail")

    @other.operation(sample=SAMPLE, idempotent=lambda: answers.pop())
    def send(input: Words, context: Context) -> Said:
        return Said()

    assert [other.operations["send"].guarantee() for _ in range(2)] == [
        "at_most_once",
        "once_per_key",
    ]


def test_an_unknown_name_is_answered_with_what_exists() -> None:
    names = ", ".join(found.name for found in registry.skills())

    with pytest.raises(UnknownOperation, match=names):
        registry.find("telepathy", "send")


@pytest.mark.parametrize("heavy", ["anthropic", "prompt_toolkit", "mcp", "trafilatura"])
def test_loading_the_registry_does_not_load(heavy: str) -> None:
    lines = "import django; django.setup()\n"
    lines += "from agents.skills import registry; registry.skills()\n"
    lines += f"import sys; sys.exit({heavy!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", lines], check=False).returncode == 0


@pytest.fixture
def announce(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Announce]:
    """Installs a package that announces `target` under Maestro's entry point."""

    def install(target: str) -> None:
        info = tmp_path / "plugin-1.0.dist-info"
        info.mkdir()
        info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n")
        info.joinpath("entry_points.txt").write_text(f"[maestro.skills]\necho = {target}\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    registry._by_name.cache_clear()
    yield install
    registry._by_name.cache_clear()


def test_an_installed_package_adds_its_skill(announce: Announce) -> None:
    announce(f"{__name__}:skill")

    assert registry.find("echo", "say").description == "Say the text."


def test_an_entry_point_that_names_no_skill_is_refused(announce: Announce) -> None:
    announce(f"{__name__}:SAMPLE")

    with pytest.raises(Misconfigured, match="echo"):
        registry.skills()


def test_a_package_whose_code_breaks_is_named_with_the_line(
    announce: Announce, tmp_path: Path
) -> None:
    (tmp_path / "half_done.py").write_text("skill = 1\nimport nowhere_to_be_found\n")
    announce("half_done:skill")

    with pytest.raises(
        Misconfigured, match=r"nowhere_to_be_found.*half_done\.py:2; .*uninstall plugin"
    ):
        registry.skills()
