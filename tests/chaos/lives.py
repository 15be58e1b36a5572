"""One run through several lives: each player dies as ordered, the next one goes on."""

import os
import signal
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from runs import claims
from runs.models import NodeStatus, Run, RunNode, RunStatus
from tests.chaos.forge import STOPPED
from tests.chaos.world import World

Place = tuple[str, str]
BURIED = "update players set lease_until = 'epoch'"
DONE = (NodeStatus.SUCCEEDED, NodeStatus.SKIPPED)
MAX_LIVES = 12
DIED = -signal.SIGKILL


@dataclass
class Story:
    """What was known of a run at each death."""

    run: Run
    recorded: dict[int, set[Place]] = field(default_factory=dict)  # before the life of this pid
    pids: list[int] = field(default_factory=list)
    deaths: int = 0
    faults: list[str] = field(default_factory=list)


class Lives:
    """The runs of one case and the players that were at them, one after the other."""

    def __init__(self, world: World, runs: int = 1) -> None:
        self.world = world
        self.stories = [Story(world.start()) for _ in range(runs)]

    @property
    def runs(self) -> list[Run]:
        return [story.run for story in self.stories]

    def begin(self, **order: Any) -> int:
        """A player is born; what is recorded until now must not play again."""
        recorded = [settled(story.run) for story in self.stories]
        pid = self.world.fork(**order)
        for story, places in zip(self.stories, recorded, strict=True):
            story.pids.append(pid)
            story.recorded[pid] = places
        return pid

    def live(self, **order: Any) -> bool:
        """A whole life; whether it ended by violence."""
        ending = self.world.wait(self.begin(**order))
        if ending == DIED:
            self.mourn()
        elif ending != 0:
            self.stories[0].faults.append(f"a player ended with {ending}")
        return ending == DIED

    def mourn(self, *, bury: bool = True) -> None:
        """What the judge and the sweep do once a process is seen to be dead."""
        for story in self.stories:
            story.deaths += 1
        with connection.cursor() as cursor:
            while self._is_playing():
                cursor.execute(BURIED)
                cursor.execute(claims.SWEEP, {"judges": True})
            if bury:
                cursor.execute(claims.BURY, {"judges": True})

    def _is_playing(self) -> bool:
        """What a dead process was just writing is still locked for a moment, and not swept."""
        ids = [run.id for run in self.runs]
        return Run.objects.filter(id__in=ids, status=RunStatus.RUNNING).exists()

    def finish(self, **order: Any) -> None:
        """Lives without violence until every run is over."""
        for _ in range(MAX_LIVES):
            for run in self.runs:
                run.refresh_from_db()
            left = [run for run in self.runs if run.status == RunStatus.QUEUED]
            if not left:
                return
            self.live(suspects=not any(run.deaths == 0 for run in left), **order)

    def stopped(self, pid: int) -> bool:
        return self.world.wait(pid) == STOPPED


def settled(run: Run) -> set[Place]:
    rows = RunNode.objects.filter(run=run, call=0, status__in=DONE)
    return set(rows.values_list("node_key", "iteration"))


def end(pid: int, signal_: int) -> None:
    os.kill(pid, signal_)
