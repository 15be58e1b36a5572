"""Where the nodes of a comparison stand in its picture: columns by order of play. Pure, in pixels."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scores.document import ITEM, EdgeDocument, NodeDocument

from .comparison import Change, EdgeChange, GraphComparison, NodeChange

WIDTH, HEIGHT = 168, 36
COLUMN, ROW = 216, 56
GAP = COLUMN - WIDTH
MARGIN = 12
LANE, LANES = 5, 3  # between two rows there is room for so many
LETTERS = 22


@dataclass(frozen=True)
class Box:
    """A node: its upper left corner, what it is called, what became of it."""

    x: int
    y: int
    text: str
    kind: str
    change: Change
    title: str


@dataclass(frozen=True)
class Line:
    """An edge, as the path of an SVG."""

    path: str
    change: Change
    title: str
    bottom: int


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(comparison: GraphComparison) -> Drawing:
    """Each node right of those it follows; stored positions are not asked, for they may be none."""
    places = _places([one.node for one in comparison.nodes], [one.edge for one in comparison.edges])
    boxes = tuple(_box(one, *places[one.node.key]) for one in comparison.nodes)
    drawn = [one for one in comparison.edges if _is_drawn(one.edge, places)]
    lines = tuple(_line(one, places, number) for number, one in enumerate(drawn))
    width = max((box.x for box in boxes), default=0) + WIDTH + MARGIN
    bottom = max((box.y + HEIGHT for box in boxes), default=HEIGHT)
    height = max([bottom, *(line.bottom for line in lines)]) + MARGIN
    return Drawing(width, height, boxes, lines)


def _places(
    nodes: Iterable[NodeDocument], edges: Iterable[EdgeDocument]
) -> dict[str, tuple[int, int]]:
    """By key the upper left corner."""
    columns = _columns(list(nodes), list(edges))
    rows: dict[int, int] = defaultdict(int)
    places = {}
    for key, column in columns.items():
        places[key] = (MARGIN + column * COLUMN, MARGIN + rows[column] * ROW)
        rows[column] += 1
    return places


def _columns(nodes: list[NodeDocument], edges: list[EdgeDocument]) -> dict[str, int]:
    """The longest way to each node; an edge that leads back in a circle counts for nothing."""
    after: dict[str, list[str]] = {node.key: [] for node in nodes}
    bodies = {node.key: node.config.get("body_node_ids") or [] for node in nodes}
    for edge in edges:
        if edge.source in after and edge.target in after:
            beside = [] if edge.from_port == ITEM else bodies[edge.source]
            for source in (edge.source, *(key for key in beside if key in after)):
                after[source].append(edge.target)
    columns = dict.fromkeys(after, 0)
    for key in reversed(_in_order(after)):
        for target in after[key]:
            if not columns[target] > columns[key]:
                columns[target] = columns[key] + 1
    return columns


def _in_order(after: dict[str, list[str]]) -> list[str]:
    """Keys, each behind all that follow it; edges back are taken out of `after`."""
    done: list[str] = []
    state: dict[str, str] = {}
    for start in after:
        stack = [start]
        while stack:
            key = stack[-1]
            if key not in state:
                state[key] = "open"
                after[key] = [target for target in after[key] if state.get(target) != "open"]
                stack += [target for target in after[key] if target not in state]
                continue
            stack.pop()
            if state[key] == "open":
                state[key] = "done"
                done.append(key)
    return done


def _box(one: NodeChange, x: int, y: int) -> Box:
    name = one.node.label or one.node.key
    text = name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"
    told = "" if one.change == "same" else f": {one.change}"
    return Box(x, y, text, one.node.kind, one.change, f"{name} ({one.node.key}){told}")


def _is_drawn(edge: EdgeDocument, places: Mapping[str, object]) -> bool:
    return edge.source in places and edge.target in places


def _line(one: EdgeChange, places: Mapping[str, tuple[int, int]], number: int) -> Line:
    """To a neighbour straight on, else below what stands between; no two at quite the same height."""
    (x, y), (to_x, to_y) = places[one.edge.source], places[one.edge.target]
    x, y, to_y = x + WIDTH, y + HEIGHT // 2, to_y + HEIGHT // 2
    title = f"{one.edge}: {one.change}"
    if to_x - x == GAP:
        path = f"M{x} {y} C{x + GAP // 2} {y} {to_x - GAP // 2} {to_y} {to_x} {to_y}"
        return Line(path, one.change, title, max(y, to_y))
    left, right = sorted((x, to_x))
    between = [top for at, top in places.values() if left <= at and at + WIDTH <= right]
    low = max(between, default=min(y, to_y)) + HEIGHT + LANE * (1 + number % LANES)
    down = f"C{x + GAP} {y} {x} {low} {x + GAP} {low}"
    up = f"C{to_x} {low} {to_x - GAP} {to_y} {to_x} {to_y}"
    return Line(f"M{x} {y} {down} L{to_x - GAP} {low} {up}", one.change, title, low)
