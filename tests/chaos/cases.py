"""The ways to die: each plays one case to its end and gives the faults that were found."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from runs.connections import conninfo
from tests.chaos.lives import Lives, end
from tests.chaos.oracle import Undisturbed, faults
from tests.chaos.world import World
from tests.sessions import END_OTHERS

POINTS = (
    "claim.taken",
    "journal.commit",
    "journal.committed",
    "write.intended",
    "write.done",
    "model.intended",
    "model.answered",
    "local.before_commit",
    "local.committed",
    "run.ending",
    "run.ended",
)
MOST_LIVES = 4
LONGEST_LIFE = 0.35  # seconds; an undisturbed life takes about as long
ADMISSION = "alter database {} allow_connections {}"


class Cases:
    """What happens to runs of the score `thirty` in one world."""

    def __init__(self, world: World, restart: Callable[[], None] | None = None) -> None:
        """`restart`: kills and starts the database, where it is nobody else's."""
        self.world = world
        self.kills = 0
        self.restart = restart
        lives = Lives(world)
        lives.finish()
        lives.runs[0].refresh_from_db()
        self.expected = Undisturbed.of(lives.runs[0])

    def at_point(self, point: str, turn: int, durability: str) -> tuple[bool, list[str]]:
        """Die when a place is passed for the nth time; False: it is not passed so often."""
        lives = Lives(self.world)
        died = lives.live(crash=f"{point}:{turn}", durability=durability)
        self.kills += died
        return died, self._judge(lives)

    def at_points(self, dice: random.Random) -> list[str]:
        """Several runs at once, killed in each of several lives at a place drawn by lot."""
        lives = Lives(self.world, runs=dice.randint(1, 4))
        durability = dice.choice(["each", "grouped"])
        for _ in range(dice.randint(1, MOST_LIVES)):
            crash = f"{dice.choice(POINTS)}:{dice.randint(2, 20)}"
            self.kills += lives.live(crash=crash, durability=durability)
        return self._judge(lives)

    def at_any_moment(self, dice: random.Random) -> list[str]:
        """`kill -9` from outside."""
        lives = Lives(self.world, runs=dice.randint(1, 4))
        for _ in range(dice.randint(1, MOST_LIVES)):
            pid = lives.begin(durability=dice.choice(["each", "grouped"]))
            time.sleep(dice.uniform(0.05, LONGEST_LIFE))
            end(pid, signal.SIGKILL)
            if self.world.wait(pid) == -signal.SIGKILL:
                self.kills += 1
                lives.mourn()
        return self._judge(lives)

    def zombie(self, dice: random.Random) -> list[str]:
        """Frozen at a place drawn by lot, for a short while or for longer than its lease."""
        place = f"{dice.choice(POINTS[1:5])}:{dice.randint(2, 8)}"
        durability = dice.choice(["each", "grouped"])
        pause, buried = dice.choice([0, 1.1]), dice.random() < 0.5
        return self.wakes_up(place, durability, pause=pause, buried=buried)

    def wakes_up(self, place: str, durability: str, *, pause: float, buried: bool) -> list[str]:
        """A player freezes, another takes over and freezes too; the first wakes up beside it.

        `buried`: its row is gone meanwhile. `pause` 0: by its own clock the lease still holds.
        """
        lives = Lives(self.world)
        first = lives.begin(crash=place, durability=durability, freeze=True)
        if lives.stopped(first):
            lives.mourn(bury=buried)
            second = lives.begin(crash="journal.commit:3", durability=durability, freeze=True)
            stopped = lives.stopped(second)
            time.sleep(pause)
            for pid in [first, second] if stopped else [first]:
                end(pid, signal.SIGCONT)
                self.world.wait(pid)
            self.kills += 1
            lives.mourn()
        return self._judge(lives)

    def sessions(self, dice: random.Random) -> list[str]:
        """The database ends every session of a player again and again, and lets it in again at once
        or later, as after a restart; nothing is killed."""
        lives = Lives(self.world, runs=dice.randint(1, 4))
        pid = lives.begin(durability=dice.choice(["each", "grouped"]))
        for _ in range(dice.randint(1, 6)):
            time.sleep(dice.uniform(0.02, 0.1))
            _end_sessions()
        _end_sessions(closed_for=dice.choice([0, 0.4]))
        self.world.wait(pid)
        return self._judge(lives)

    def database(self, dice: random.Random) -> list[str]:
        """PostgreSQL itself dies in the middle of a life, sometimes with the player."""
        lives = Lives(self.world, runs=dice.randint(1, 4))
        pid = lives.begin(durability=dice.choice(["each", "grouped"]))
        time.sleep(dice.uniform(0.05, LONGEST_LIFE))
        if self.restart:
            self.restart()
            connection.close()
        if dice.random() < 0.5:
            end(pid, signal.SIGKILL)
        if self.world.wait(pid) == -signal.SIGKILL:
            self.kills += 1
            lives.mourn()
        return self._judge(lives)

    def hands_over(self, dice: random.Random) -> list[str]:
        """A player's time is over while it plays: nothing is cut, charged or begun twice."""
        lives = Lives(self.world, runs=dice.randint(1, 4))
        for _ in range(dice.randint(1, 3)):
            window = dice.uniform(0.02, LONGEST_LIFE / 2)
            lives.live(window=window, durability=dice.choice(["each", "grouped"]))
        found = self._judge(lives)
        for run in lives.runs:
            begun = Counter(start.place for start in self.world.starts(run))
            twice = sorted(place for place, times in begun.items() if times > 1)
            found += [f"{run.id}: {place} began twice" for place in twice]
            found += [f"{run.id} was charged" for _ in range(run.deaths)]
        return found

    def deaf(self, dice: random.Random) -> list[str]:
        """No notification arrives."""
        lives = Lives(self.world, runs=dice.randint(1, 3))
        lives.live(deaf=True, runs=1)
        return self._judge(lives, deaf=True)

    def noise(self, dice: random.Random) -> list[str]:
        """Each notification arrives many times, and false ones besides."""
        lives = Lives(self.world, runs=dice.randint(1, 3))
        pid = lives.begin()
        for _ in range(dice.randint(10, 40)):
            with connection.cursor() as cursor:
                for word in ("", "cancel", "nothing anybody says"):
                    cursor.execute("select pg_notify('maestro_runs', %s)", [word])
            time.sleep(0.005)
        self.world.wait(pid)
        return self._judge(lives)

    def _judge(self, lives: Lives, *, deaf: bool = False) -> list[str]:
        lives.finish(deaf=deaf)
        return [
            f"{story.run.id}: {fault}"
            for story in lives.stories
            for fault in faults(self.world, story, self.expected)
        ]


def _end_sessions(closed_for: float = 0) -> None:
    with connection.cursor() as cursor, _nobody_enters() if closed_for else nullcontext():
        cursor.execute(END_OTHERS)
        time.sleep(closed_for)


@contextmanager
def _nobody_enters() -> Iterator[None]:
    """Said from another database: one cannot lock oneself in."""
    here = sql.Identifier(connection.settings_dict["NAME"])
    with psycopg.connect(make_conninfo(conninfo(), dbname="postgres"), autocommit=True) as outside:
        outside.execute(sql.SQL(ADMISSION).format(here, sql.SQL("false")))
        try:
            yield
        finally:
            outside.execute(sql.SQL(ADMISSION).format(here, sql.SQL("true")))


Case = Callable[[random.Random], list[str]]


def drawn(cases: Cases) -> dict[str, Case]:
    """The cases that are drawn by lot."""
    all_ = (
        cases.at_points,
        cases.at_any_moment,
        cases.zombie,
        cases.sessions,
        cases.hands_over,
        cases.deaf,
        cases.noise,
    )
    chosen = [*all_, cases.database] if cases.restart else [*all_]
    return {case.__name__: case for case in chosen}


def matrix(cases: Cases, durability: str, every: int = 1) -> Iterator[tuple[str, list[str]]]:
    """Each place at each passage (`every` nth of them), by name, with what was found."""
    for point in POINTS:
        turn = 1
        died = True
        while died:
            name = f"{point}:{turn} {durability}"
            died, found = cases.at_point(point, turn, durability)
            yield name, found
            turn += every
