"""A third-party skill that misbehaves on request; clusters of the tests find it as they find any other."""

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample
from maestro.errors import NodeError, RateLimited, Unavailable

skill = Skill(name="odd", version="1", description="Misbehaves on request.", icon="bug_report")


class Wish(BaseModel):
    """What shall go wrong. `log`: a file that each call appends its key to."""

    seconds: float = 0
    die: bool = False
    log: str = ""


class Flaw(Wish):
    """`fails`: so many calls fail, told by the log's lines; `code` says how."""

    fails: int
    code: Literal["unavailable", "rate_limited", "node_error"] = "unavailable"
    retry_after: float | None = None


class Done(BaseModel):
    ok: bool = True


@skill.operation(effect=Effect.READ, sample=Sample({"ok": True}), timeout_seconds=60)
async def wait(wish: Wish, context: Context) -> Done:
    """Sleep on the loop, then die if asked to."""
    _note(wish, context)
    await asyncio.sleep(wish.seconds)
    if wish.die:
        os.kill(os.getpid(), signal.SIGKILL)
    return Done()


@skill.operation(effect=Effect.READ, sample=Sample({"ok": True}), timeout_seconds=60)
async def flaw(flaw: Flaw, context: Context) -> Done:
    """Fail so many times, then answer."""
    return await _fail_or_answer(flaw, context)


@skill.operation(effect=Effect.WRITE, idempotent=True, sample=Sample({"ok": True}))
async def flawed_post(flaw: Flaw, context: Context) -> Done:
    """The same for an outward effect, which does not say that it may be asked again."""
    return await _fail_or_answer(flaw, context)


async def _fail_or_answer(flaw: Flaw, context: Context) -> Done:
    _note(flaw, context)
    await asyncio.sleep(flaw.seconds)
    if len(Path(flaw.log).read_text().splitlines()) <= flaw.fails:
        kind = {"unavailable": Unavailable, "rate_limited": RateLimited}.get(flaw.code, NodeError)
        raise kind("It does not answer.", retry_after=flaw.retry_after)
    return Done()


@skill.operation(
    effect=Effect.WRITE, idempotent=True, sample=Sample({"ok": True}), timeout_seconds=60
)
async def post(wish: Wish, context: Context) -> Done:
    """An outward effect that may be repeated under its key: a line in the log."""
    _note(wish, context)
    await asyncio.sleep(wish.seconds)
    return Done()


@skill.operation(effect=Effect.WRITE, idempotent=True, sample=Sample({"ok": True}))
async def stay(wish: Wish, context: Context) -> Done:
    """Log `+` when it begins and `-` when it ends."""
    _write(wish.log, "+")
    await asyncio.sleep(wish.seconds)
    _write(wish.log, "-")
    return Done()


def mark(path: str) -> None:
    """An odd job of the queue: a file shows that it was carried out."""
    Path(path).touch()


def _note(wish: Wish, context: Context) -> None:
    if wish.log:
        _write(wish.log, context.idempotency_key)


def _write(log: str, line: str) -> None:
    with Path(log).open("a") as file:
        file.write(f"{line}\n")


@skill.operation(effect=Effect.READ, sample=Sample({"ok": True}), timeout_seconds=600)
def hang(wish: Wish, context: Context) -> Done:
    """Block a thread until the file `<log>.go` is there, whatever becomes of the run."""
    _write(wish.log, context.idempotency_key)
    while not Path(f"{wish.log}.go").exists():
        time.sleep(0.05)
    _write(wish.log, "late")
    return Done()


@skill.operation(effect=Effect.READ, sample=Sample({"ok": True}))
async def insist(wish: Wish, context: Context) -> Done:
    """Go on until the file `<log>.go` is there, whoever cancels it."""
    _write(wish.log, context.idempotency_key)
    while not Path(f"{wish.log}.go").exists():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0.02)
    return Done()


@skill.operation(effect=Effect.WRITE, sample=Sample({"ok": True}))
async def insist_on_writing(wish: Wish, context: Context) -> Done:
    """The same, and something is written."""
    return await insist(wish, context)


@skill.operation(effect=Effect.NONE, sample=Sample({"ok": True}))
async def wait_for_nothing(wish: Wish, context: Context) -> Done:
    """Wait for something that was cancelled."""
    gone = asyncio.ensure_future(asyncio.sleep(wish.seconds))
    gone.cancel()
    await gone
    return Done()


@skill.operation(effect=Effect.NONE, sample=Sample({"ok": True}))
async def cut_the_walk(wish: Wish, context: Context) -> Done:
    """Cancel the task it plays in, which is not its own."""
    if task := asyncio.current_task():
        task.cancel()
    return Done()


@skill.operation(effect=Effect.READ, sample=Sample({"ok": True}))
def in_thread(wish: Wish, context: Context) -> Done:
    """A plain `def`."""
    return Done()
