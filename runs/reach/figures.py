"""The reach of an agent, in numbers and names."""

from dataclasses import dataclass
from datetime import datetime

from agents.models import Agent
from orchestras.models import Orchestra
from scores.models import Score

DAYS_A_MONTH = 30


@dataclass(frozen=True, kw_only=True)
class PlayedScore:
    """A score that plays the agent.

    `nodes` follow the agent's newest version, `pinned` ({key: version}) keep theirs; nodes `through`
    hold a score that plays it, by itself or through others. `orchestras`
    are those whose next run plays one of `nodes`. Runs and money are of the days looked back;
    `writes` are the operations behind `nodes` that change something outside, by node. `called_by` are
    the agents that call it there, where no node plays it itself.
    """

    score: Score
    nodes: list[str]
    pinned: dict[str, int]
    through: dict[str, Score]
    orchestras: list[Orchestra]
    writes: dict[str, str]
    saved_by: str
    called_by: list[str]
    runs: int
    microdollars: int

    @property
    def is_reached(self) -> bool:
        return bool(self.nodes or self.through)

    @property
    def next_fire_at(self) -> datetime | None:
        fires = [found.next_fire_at for found in self.orchestras if found.next_fire_at]
        return min(fires, default=None)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What the next save of the agent would touch: `scores`; and what it would not: `held`, the
    scores of which every node is pinned, and `in_flight`, the unfinished runs that began with it.

    `days` is how far back runs and money were looked for: 30, or fewer while there is less.
    """

    agent: Agent
    scores: list[PlayedScore]
    held: list[PlayedScore]
    in_flight: int
    days: float
    writing_tools: list[str]

    @property
    def nodes(self) -> int:
        return sum(len(played.nodes) for played in self.scores)

    @property
    def orchestras(self) -> int:
        return sum(len(played.orchestras) for played in self.scores)

    @property
    def next_fire(self) -> Orchestra | None:
        """The orchestra that plays first."""
        scheduled = [o for played in self.scores for o in played.orchestras if o.next_fire_at]
        return min(scheduled, key=lambda one: str(one.next_fire_at), default=None)

    @property
    def runs_a_day(self) -> float:
        """A run of a score that only holds others counts as those of the scores it holds."""
        return sum(played.runs for played in self.scores if played.nodes) / self.days

    @property
    def microdollars_a_month(self) -> int:
        spent = sum(played.microdollars for played in self.scores)
        return round(spent * DAYS_A_MONTH / self.days)

    @property
    def writes(self) -> int:
        """Operations that change something outside: behind its nodes, and among its own tools."""
        return sum(len(played.writes) for played in self.scores) + len(self.writing_tools)

    @property
    def owners(self) -> list[str]:
        """Who saved the scores last."""
        return sorted({played.saved_by for played in self.scores if played.saved_by})

    @property
    def next_version(self) -> int:
        return self.agent.version + 1
