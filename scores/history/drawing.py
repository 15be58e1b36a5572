"""Where the nodes of a comparison stand in its picture: columns by order of play, as many beside
each other as a page is wide, the next below them. Pure, in pixels."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scores.document import ITEM, EdgeDocument, NodeDocument

from .comparison import Change, EdgeChange, GraphComparison, NodeChange

WIDTH, HEIGHT = 168, 36
COLUMN, ROW = 216, 56
GAP = COLUMN - WIDTH
MARGIN = 12
BESIDE = 4  # columns in one band
LEFT, BETWEEN = 36, 36  # room for lines from one band to another
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
class Place:
    """The upper left corner of a node, and where its band ends."""

    x: int
    y: int
    floor: int


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(comparison: GraphComparison) -> Drawing:
    """Each node right of those it follows; stored positions are not asked, for they may be none."""
    places = _places([one.node for one in comparison.nodes], [one.edge for one in comparison.edges])
    boxes = tuple(_box(one, places[one.node.key]) for one in comparison.nodes)
    drawn = [one for one in comparison.edges if _is_drawn(one.edge, places)]
    lines = tuple(_line(one, places, number) for number, one in enumerate(drawn))
    width = max((box.x for box in boxes), default=0) + WIDTH + LEFT
    bottom = max((box.y + HEIGHT for box in boxes), default=HEIGHT)
    height = max([bottom, *(line.bottom for line in lines)]) + MARGIN
    return Drawing(width, height, boxes, lines)


def _places(nodes: Iterable[NodeDocument], edges: Iterable[EdgeDocument]) -> dict[str, Place]:
    """By key."""
    columns = _columns(list(nodes), list(edges))
    tops = _tops(Counter(columns.values()))
    rows: dict[int, int] = defaultdict(int)
    places = {}
    for key, column in columns.items():
        band, beside = divmod(column, BESIDE)
        y = tops[band] + rows[column] * ROW
        places[key] = Place(LEFT + beside * COLUMN, y, tops[band + 1] - BETWEEN)
        rows[column] += 1
    return places


def _tops(heights: Mapping[int, int]) -> list[int]:
    """Where each band begins, and at the end where the next one would; `heights`: rows by column."""
    tops = [MARGIN]
    for first in range(0, max(heights, default=-1) + 1, BESIDE):
        rows = max(heights[column] for column in range(first, first + BESIDE) if column in heights)
        tops.append(tops[-1] + rows * ROW + BETWEEN)
    return tops


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


def _box(one: NodeChange, place: Place) -> Box:
    name = one.node.label or one.node.key
    text = name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"
    told = "" if one.change == "same" else f": {one.change}"
    return Box(place.x, place.y, text, one.node.kind, one.change, f"{name} ({one.node.key}){told}")


def _is_drawn(edge: EdgeDocument, places: Mapping[str, object]) -> bool:
    return edge.source in places and edge.target in places


def _line(one: EdgeChange, places: Mapping[str, Place], number: int) -> Line:
    """To a neighbour straight on, else below what stands between; no two at quite the same height."""
    source, target = places[one.edge.source], places[one.edge.target]
    x, y = source.x + WIDTH, source.y + HEIGHT // 2
    to_x, to_y = target.x, target.y + HEIGHT // 2
    title = f"{one.edge}: {one.change}"
    if to_x - x == GAP:
        path = f"M{x} {y} C{x + GAP // 2} {y} {to_x - GAP // 2} {to_y} {to_x} {to_y}"
        return Line(path, one.change, title, max(y, to_y))
    aside = LANE * (1 + number % LANES)
    if source.floor != target.floor:
        low = source.floor + aside
        path = (
            f"M{x} {y} H{x + GAP // 2 - aside} V{low} H{to_x - LEFT // 2 - aside} V{to_y} H{to_x}"
        )
        return Line(path, one.change, title, max(low, to_y))
    left, right = sorted((x, to_x))
    band = [place for place in places.values() if place.floor == source.floor]
    between = [place.y for place in band if left <= place.x and place.x + WIDTH <= right]
    low = max(between, default=min(y, to_y)) + HEIGHT + aside
    down = f"C{x + GAP} {y} {x} {low} {x + GAP} {low}"
    up = f"C{to_x} {low} {to_x - GAP} {to_y} {to_x} {to_y}"
    return Line(f"M{x} {y} {down} L{to_x - GAP} {low} {up}", one.change, title, low)
