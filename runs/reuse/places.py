"""Where a graph plays again: which nodes, and in which iterations of the maps around them. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from scores.document import GraphDocument
from scores.downstream import behind
from scores.graph import maps_around, owners_of


@dataclass
class Places:
    """By node the paths below which it plays again; the path "" is everywhere."""

    paths: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def everywhere(cls, document: GraphDocument, keys: Iterable[str]) -> "Places":
        """These nodes and all that is behind them, in every iteration."""
        places, keys = cls(), list(keys)
        for key in {*keys, *behind(document, keys)}:
            places.paths[key].add("")
        return places

    @classmethod
    def of_items(cls, document: GraphDocument, nodes: Iterable[tuple[str, str]]) -> "Places":
        """Each (node, iteration) and what is behind it: in its own item, and behind the join.

        Other items of the maps around it are left alone.
        """
        places, owners = cls(), owners_of(document.nodes)
        reached: dict[str, set[str]] = {}
        for key, iteration in nodes:
            if key not in reached:
                reached[key] = {key, *behind(document, [key])}
            for one in reached[key]:
                around = maps_around(one, owners)[::-1]
                places.paths[one].add(_common(iteration, around))
        return places

    def __contains__(self, place: tuple[str, str]) -> bool:
        """Whether this node plays again in this iteration."""
        key, iteration = place
        return any(is_below(iteration, path) for path in self.paths.get(key, ()))


def is_below(iteration: str, path: str) -> bool:
    """`a:3` and `a:3/b:0` are below `a:3`; all is below the empty path."""
    return not path or iteration == path or iteration.startswith(f"{path}/")


def _common(iteration: str, maps: list[str]) -> str:
    """The part of the iteration's path that lies in these maps, outermost first.

    It ends at a pass of a loop, because a loop plays as one.
    """
    parts = iteration.split("/") if iteration else []
    common: list[str] = []
    for part, owner in zip(parts, maps, strict=False):
        if part.partition(":")[0] != owner or "#" in part:
            break
        common.append(part)
    return "/".join(common)
