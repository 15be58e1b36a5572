import assert from "node:assert/strict";
import { test } from "node:test";

import { factsOf } from "../src/graph/flow.js";
import { arrange, isHeap, laidOut } from "../src/graph/layout.js";
import { catalog, graph, map, step } from "./catalog.js";

const rects = (doc) => new Map([...factsOf(doc, catalog)].map(([key, fact]) => [key, fact.rect]));
const apart = (one, other) =>
  one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y;

test("every edge leads to the right, and nothing lies on anything", () => {
  const doc = graph([step("a"), step("b"), step("c"), step("d")], ["a -> b", "a -> c", "b -> d", "c -> d"]);
  const placed = rects(arrange(doc, catalog));

  for (const { from, to } of doc.edges) assert.ok(placed.get(from).x + placed.get(from).width < placed.get(to).x);
  assert.ok(apart(placed.get("b"), placed.get("c")));
});

test("a body lies within its frame, and what follows the map behind the frame", () => {
  const doc = graph(
    [step("read"), map("each", ["x", "inner"]), step("x"), map("inner", ["y"]), step("y"), step("after")],
    ["read -> each", "each.item -> x", "x -> inner", "inner.item -> y", "each -> after"],
  );
  const placed = rects(arrange(doc, catalog));
  const [frame, inner] = [placed.get("each"), placed.get("inner")];

  assert.ok(inner.x > frame.x && inner.x + inner.width < frame.x + frame.width);
  assert.ok(placed.get("after").x > frame.x + frame.width);
  assert.ok(placed.get("read").x + placed.get("read").width < frame.x);
  assert.ok(apart(placed.get("x"), inner));
});

test("arranging changes positions and nothing else", () => {
  const doc = graph([step("a", { label: "First" }), step("b")], ["a -> b"]);
  const arranged = arrange(doc, catalog);
  assert.deepEqual(arranged.edges, doc.edges);
  assert.deepEqual(arranged.nodes.map(({ position, ...rest }) => rest), doc.nodes.map(({ position, ...rest }) => rest));
});

test("circles, maps that hold each other and an empty score are arranged too", () => {
  assert.equal(arrange(graph([step("a"), step("b")], ["a -> b", "b -> a"]), catalog).nodes.length, 2);
  assert.equal(arrange(graph([map("one", ["other"]), map("other", ["one"])], []), catalog).nodes.length, 2);
  assert.deepEqual(arrange(graph([], []), catalog).nodes, []);
});

test("200 nodes are arranged apart from each other", () => {
  const nodes = Array.from({ length: 200 }, (_, index) => step(`n${index}`));
  const doc = graph(nodes, nodes.slice(1).map((_, index) => `n${Math.floor(index / 3)} -> n${index + 1}`));
  const placed = [...rects(arrange(doc, catalog)).values()];
  for (let one = 0; one < placed.length; one++)
    for (let other = 0; other < one; other++) assert.ok(apart(placed[one], placed[other]));
});

test("a document that nobody arranged is known by its nodes lying on top of each other", () => {
  assert.ok(isHeap(graph([step("a"), step("b")], [])));
  assert.ok(!isHeap(graph([step("a"), step("b", { position: { x: 200, y: 0 } })], [])));
  assert.ok(!isHeap(graph([step("a")], [])));
});

test("an older version is laid out as the score is now, as long as the score has its steps still", () => {
  const at = (key, x) => step(key, { position: { x, y: 0 } });
  const places = (doc) => doc.nodes.map(({ position }) => position.x);
  const old = graph([at("a", 0), at("b", 300)], ["a -> b"]);
  assert.deepEqual(places(laidOut(old, graph([at("a", 50), at("b", 400), at("c", 700)], []), catalog)), [50, 400]);
  assert.deepEqual(places(laidOut(old, graph([at("a", 50)], []), catalog)), [0, 300]);
});

test("steps of an older version that lie on each other are arranged, to be read", () => {
  const at = (key, x) => step(key, { position: { x, y: 0 } });
  const piled = laidOut(graph([at("a", 0), at("b", 20)], ["a -> b"]), graph([], []), catalog);
  const [a, b] = rects(piled).values();
  assert.ok(apart(a, b));
});

test("in a run, where steps are taller, what stands above each other stays apart", () => {
  const at = (key, y) => step(key, { position: { x: 0, y } });
  const doc = laidOut(graph([at("a", 0), at("b", 78)], []), graph([], []), catalog, { withState: true });
  const [a, b] = [...factsOf(doc, catalog, [], true).values()].map(({ rect }) => rect);
  assert.ok(b.y - a.y - a.height > 20);
});
