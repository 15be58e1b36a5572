"""An import in words, and its differences line by line, for a page and a terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .taking import Change, Imported, Kind

KINDS: tuple[Kind, ...] = ("score", "agent", "orchestra")
WILL = {"created": "will be created", "changed": "will change", "same": "stays as it is"}
HEAD = 2  # lines of a difference that say which side is which

Sign = Literal["added", "removed", "place", "same"]
SIGNS: dict[str, Sign] = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True)
class Line:
    """One line of a difference, its sign included."""

    sign: Sign
    text: str


@dataclass(frozen=True)
class Told:
    """What becomes of one thing."""

    change: Change

    @property
    def words(self) -> str:
        return WILL[self.change.change]

    @property
    def warnings(self) -> list[str]:
        """What a person should know of a score that is new or changes; of others its own page tells it."""
        return [] if self.change.change == "same" else [one.message for one in self.change.warnings]

    @property
    def lines(self) -> list[Line]:
        """Without the two that only say which side is which."""
        lines = self.change.difference.splitlines()[HEAD:]
        return [Line(SIGNS.get(line[:1], "same"), line) for line in lines]


@dataclass(frozen=True)
class Group:
    """All things of one kind."""

    kind: Kind
    things: list[Told]

    @property
    def words(self) -> str:
        """`2 agents will be created, 1 stays as it is`."""
        return ", ".join(self._counted())

    def _counted(self) -> Iterator[str]:
        noun = f" {self.kind}"
        for change, will in WILL.items():
            if count := sum(told.change.change == change for told in self.things):
                many = "stay as they are" if change == "same" else will
                plural = "s" if noun and count > 1 else ""
                yield f"{count}{noun}{plural} {will if count == 1 else many}"
                noun = ""


def groups_of(imported: Imported) -> list[Group]:
    """By kind, what the document names: scores, agents, orchestras."""
    things = {
        kind: [Told(change) for change in imported.changes if change.kind == kind] for kind in KINDS
    }
    return [Group(kind, found) for kind, found in things.items() if found]
