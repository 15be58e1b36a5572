"""A process with all of Maestro loaded that forks players: a life costs milliseconds, not seconds.

`python -m tests.chaos.forge` reads orders, one JSON object a line, and answers each with one:
`{"play": {...}}` with the new player's pid, `{"wait": pid}` with how it ended or that it stands
still. It has no connection of its own, so that a fork inherits none.
"""

import asyncio
import json
import logging
import os
import signal
import sys
import traceback
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Literal

import django

if TYPE_CHECKING:
    from runs.player.player import Player

Order = dict[str, Any]
SHORT_LEASE_SECONDS = 1.0
STOPPED: Literal["stopped"] = "stopped"


def main() -> None:
    django.setup()
    logging.getLogger().setLevel(logging.ERROR)
    from agents.skills import registry
    from runs.connections import harden_connections
    from runs.player import player  # noqa: F401

    harden_connections()
    registry.skills()
    asyncio.run(_warm_up())
    for line in sys.stdin:
        order = json.loads(line)
        answer = _fork(order["play"]) if "play" in order else _wait(order["wait"])
        print(json.dumps(answer), flush=True)


async def _warm_up() -> None:
    """Ask a model once: the library behind it builds its types at the first answer."""
    from agents.llm import Models
    from agents.llm.exchange import Request

    question = [{"role": "user", "content": "Hello"}]
    async with aclosing(Models()) as models:
        asked = Request(model="any", system="", messages=question)
        await models.send(asked, key="none", spend=lambda tokens: None)


def _fork(order: Order) -> int:
    child = os.fork()
    if not child:
        _live(order)
    return child


def _wait(pid: int) -> str | int:
    """The exit code, minus the signal that ended it, or `stopped`."""
    _, status = os.waitpid(pid, os.WUNTRACED)
    return STOPPED if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)


def _live(order: Order) -> None:
    """A player's whole life; never returns."""
    ending = 1
    try:
        _prepare(order)
        _play(suspects=order["suspects"], own_window=order["window"] is not None)
        ending = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(ending)


def _prepare(order: Order) -> None:
    from django.conf import settings

    from runs import claims, crash
    from runs.journal import commits
    from runs.player import hearing, lease, player, window
    from tests.chaos.plants import PLANTS

    settings.MAESTRO_CRASH = order["crash"]
    settings.MAESTRO_DURABILITY = order["durability"]
    for marker in settings.DATA_DIR.glob("crashed-*"):
        marker.unlink()
    changes: list[tuple[object, str, object]] = [
        (player, "POLL_SECONDS", 0.2),
        (player, "IDLE_POLL_SECONDS", 0.2),
        (player, "MAX_RUNS", order["runs"]),
    ]
    if order["freeze"]:
        changes += [
            (crash, "END", signal.SIGSTOP),
            (claims, "LEASE_SECONDS", SHORT_LEASE_SECONDS),  # by the player's own clock
            (lease, "RENEW_SECONDS", SHORT_LEASE_SECONDS / 4),
        ]
    if order["durability"] == "grouped":
        changes.append((commits, "COPY_FROM", 2))  # this score's batches are small
    if order["window"] is not None:
        changes.append((window, "WINDOW_SECONDS", order["window"]))
    if order["deaf"]:
        changes.append((hearing, "RUNS_CHANNEL", "nobody_speaks_here"))
    for module, name, value in changes:
        setattr(module, name, value)
    if order["plant"]:
        PLANTS[order["plant"]]()


def _play(*, suspects: bool, own_window: bool) -> None:
    from django.conf import settings

    from runs.machine import machine
    from runs.player.player import Player
    from runs.player.slots import Slot, cluster_id, suspects_slot
    from runs.player.window import Window

    class Impatient(Player):
        """Looks again whenever a run has ended."""

        def _ended(self, *run: Any) -> None:
            super()._ended(*run)
            self.news.set()

    slot = Slot.take([suspects_slot()] if suspects else [*range(settings.MAESTRO_WORKERS)])
    assert slot is not None
    night = OneNight()
    night.player = Impatient(slot, Window() if own_window else night)  # type: ignore[arg-type]
    night.player.lease.enter(cluster_id(), machine())
    asyncio.run(night.player.main())


class OneNight:
    """A player's time is over once it has looked for runs and plays none."""

    player: "Player"

    def __init__(self) -> None:
        self._looked = False

    def why_leave(self, **_: object) -> str | None:
        looked, self._looked = self._looked, True
        return "nothing left" if looked and not self.player.runs else None

    def close(self) -> None:
        """Like a window's."""


if __name__ == "__main__":
    main()
