"""The picture of a comparison can be read: what follows stands to the right, nothing on top of another."""

from itertools import pairwise

from scores.document import GraphDocument
from scores.history.comparison import compare_graphs
from scores.history.drawing import Drawing, draw
from tests.scores.graphs import graph, looping, map_over, step


def drawing_of(document: GraphDocument) -> Drawing:
    return draw(compare_graphs(document, document))


def columns(drawing: Drawing) -> dict[str, int]:
    return {box.text: box.x for box in drawing.boxes}


def test_what_follows_stands_to_the_right() -> None:
    drawing = drawing_of(graph(step("a"), step("b"), step("c"), "a -> b", "b -> c", "a -> c"))
    x = columns(drawing)
    assert x["a"] < x["b"] < x["c"]
    assert len(drawing.lines) == 3


def test_what_follows_a_map_stands_behind_its_body() -> None:
    parts = [map_over("each", "one", "two"), step("one"), step("two"), step("after")]
    x = columns(drawing_of(graph(*parts, "each.item -> one", "one -> two", "each -> after")))
    assert x["each"] < x["one"] < x["two"] < x["after"]


def test_circles_and_removed_nodes_are_drawn_too_and_no_two_on_one_place() -> None:
    before = graph(step("gone"), looping("a", 3), step("b"), "a -> b", "b -> a", "gone -> a")
    after = graph(looping("a", 3), step("b"), step("c"), "a -> b", "b -> a", "a -> c")
    drawing = draw(compare_graphs(before, after))
    assert {box.text: box.change for box in drawing.boxes} == {
        "gone": "removed",
        "a": "same",
        "b": "same",
        "c": "added",
    }
    assert len({(box.x, box.y) for box in drawing.boxes}) == 4
    assert all(box.x + 168 <= drawing.width for box in drawing.boxes)


def test_an_empty_graph_has_an_empty_picture() -> None:
    assert drawing_of(graph()).boxes == ()


def test_a_line_over_several_columns_goes_below_what_stands_between() -> None:
    steps = [step(key) for key in ("a", "b", "c", "d")]
    drawing = drawing_of(graph(*steps, "a -> b", "b -> c", "c -> d", "a -> d"))

    long = next(line for line in drawing.lines if line.title.startswith("a.success → d"))
    assert long.bottom > max(box.y for box in drawing.boxes) + 36
    assert drawing.height > long.bottom


def test_a_long_score_goes_on_below_within_the_width_of_a_page() -> None:
    keys = "abcdefghi"
    ways = [f"{one} -> {other}" for one, other in pairwise(keys)]
    drawing = drawing_of(graph(*map(step, keys), *ways, "a -> i"))

    at = {box.text: (box.x, box.y) for box in drawing.boxes}
    assert at["d"][0] > at["e"][0] == at["a"][0] and at["d"][1] < at["e"][1] < at["i"][1]
    assert drawing.width <= 960
    assert len(drawing.lines) == 9 and all(line.bottom < drawing.height for line in drawing.lines)
