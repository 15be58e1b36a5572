"""Which parts of a run's tree are open and which node is chosen: all of it is in the address.

So the page is the same with and without script, and a link to it shows what its sender saw.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import QueryDict

MAX_OPEN = 40


@dataclass(frozen=True)
class View:
    """`opened`: paths of maps (`each_lead`), spans (`each_lead:0-19`) and items (`each_lead:7`).

    None: nobody has opened or closed anything yet.
    """

    opened: frozenset[str] | None = None
    node: str = ""
    iteration: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "View":
        opened = frozenset(query.getlist("open")[:MAX_OPEN]) if "open" in query else None
        return cls(opened, query.get("node", ""), query.get("at", ""))

    def is_open(self, path: str, *, by_default: bool = False) -> bool:
        return by_default if self.opened is None else path in self.opened

    def toggled(self, path: str, defaults: Iterable[str] = ()) -> "View":
        """The same with `path` opened, or closed when it is open."""
        opened = frozenset(defaults) if self.opened is None else self.opened
        return replace(self, opened=opened ^ {path})

    def choosing(self, node: str, iteration: str) -> "View":
        return replace(self, node=node, iteration=iteration)

    def query(self) -> str:
        """What follows the `?`; an empty `open` says that all is closed."""
        given = QueryDict(mutable=True)
        if self.opened is not None:
            given.setlist("open", sorted(self.opened) or [""])
        if self.node:
            given["node"] = self.node
        if self.iteration:
            given["at"] = self.iteration
        return given.urlencode()
