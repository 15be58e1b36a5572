import assert from "node:assert/strict";
import { test } from "node:test";

import { factsOf } from "../src/graph/flow.js";
import { frameAt, freePlace, neighbour, ownerAfterDrop } from "../src/graph/geometry.js";
import { catalog, graph, map, step } from "./catalog.js";

const at = (x, y) => ({ position: { x, y } });
const doc = graph(
  [step("a", at(0, 0)), map("each", ["b"]), step("b", at(400, 0)), step("c", at(400, 600))],
  ["a -> each", "each.item -> b"],
);
const facts = factsOf(doc, catalog);
const rectAt = (key, x, y) => ({ ...facts.get(key).rect, x, y });

test("a node dropped into a frame joins the body, one pulled quite out of it leaves", () => {
  assert.equal(ownerAfterDrop(doc, facts, "c", rectAt("c", 400, 10)), "each");
  assert.equal(ownerAfterDrop(doc, facts, "c", rectAt("c", 400, 900)), undefined);
  const frame = facts.get("each").rect;
  assert.equal(ownerAfterDrop(doc, facts, "b", rectAt("b", frame.x + frame.width - 20, 0)), "each");
  assert.equal(ownerAfterDrop(doc, facts, "b", rectAt("b", frame.x + frame.width + 20, 0)), undefined);
});

test("a frame is not dropped into itself", () => {
  const { x, y } = facts.get("each").rect;
  assert.equal(frameAt(doc, facts, { x: x + 10, y: y + 10 }), "each");
  assert.equal(frameAt(doc, facts, { x: x + 10, y: y + 10 }, ["each"]), undefined);
});

test("arrows follow edges, and where there is none the eye", () => {
  assert.equal(neighbour(doc, facts, "a", "ArrowRight"), "each");
  assert.equal(neighbour(doc, facts, "b", "ArrowLeft"), "each");
  assert.equal(neighbour(doc, facts, "b", "ArrowDown"), "c");
  assert.equal(neighbour(doc, facts, "a", "ArrowLeft"), undefined);
});

test("a new step does not lie on another", () => {
  const size = { width: 140, height: 42 };
  assert.ok(freePlace(facts, { x: 10, y: 10 }, size).y > 42);
  assert.deepEqual(freePlace(facts, { x: 0, y: 300 }, size), { x: 0, y: 300 });
});
