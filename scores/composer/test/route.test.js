import assert from "node:assert/strict";
import { test } from "node:test";

import { fromDoc } from "../src/graph/flow.js";
import { laneBack, pathAlong, pathBack, wayBetween } from "../src/graph/route.js";
import { inRows, straighten } from "../src/graph/rows.js";
import { catalog, graph, map, step } from "./catalog.js";

const box = (x, y, more = {}) => ({ x, y, width: 100, height: 40, ...more });
const ENDS = { sx: 0, sy: 20, tx: 500, ty: 20 };
const isBeside = ({ x1, x2, y }, one) => x2 <= one.x || x1 >= one.x + one.width || y <= one.y || y >= one.y + one.height;

test("an edge goes around what lies between its ends, the shorter way", () => {
  const [low, high] = [box(200, 10), box(200, -10)];
  assert.deepEqual(wayBetween(ENDS, []), []);
  assert.ok(wayBetween(ENDS, [low])[0].y < low.y);
  assert.ok(wayBetween(ENDS, [high])[0].y > high.y + high.height);
  for (const part of wayBetween(ENDS, [low, box(350, -30)])) assert.ok([low, box(350, -30)].every((one) => isBeside(part, one)));
});

test("what stands above or below both ends is in nobody's way", () => {
  assert.deepEqual(wayBetween(ENDS, [box(200, 100), box(-50, 300, { width: 800 })]), []);
});

test("two edges do not lie on each other", () => {
  const wall = box(200, 0);
  const [first] = wayBetween(ENDS, [wall]);
  const [second] = wayBetween(ENDS, [wall], [first]);
  assert.ok(Math.abs(first.y - second.y) >= 7);
});

test("an edge that leads back passes below or above what is there", () => {
  const between = [box(0, 0), box(200, 0), box(400, 0)];
  const lane = laneBack({ sx: 500, sy: 20, tx: 0, ty: 20 }, between);
  assert.ok(lane < 0 || lane > 40);
  assert.match(pathBack({ sx: 500, sy: 20, tx: 0, ty: 20 }, lane), /^M 500 20 .* L 0 20$/);
  assert.match(pathAlong(ENDS, [{ x1: 100, x2: 200, y: 60 }]), /^M 0 20 C .* L 200 60 C .* 500 20$/);
});

test("items go around the steps of the body, and what is outside of it does not count", () => {
  const at = (key, x, y) => step(key, { position: { x, y } });
  const nodes = [map("each", ["a", "b", "c"]), at("a", 100, 100), at("b", 300, 100), at("c", 500, 100), at("apart", 300, 400)];
  const doc = graph(nodes, ["each.item -> a", "a -> b", "b -> c", "each.item -> c"]);
  const wire = fromDoc(doc, catalog).edges.at(-1);
  assert.equal(wire.data.way.length, 2);
  for (const { y } of wire.data.way) assert.ok(y < 100 || y > 142);
});

test("small steps between joined boxes are made straight, where there is room", () => {
  const boxes = [box(0, 0, { key: "a", anchor: 20 }), box(200, 12, { key: "b", anchor: 20 }), box(400, 30, { key: "c", anchor: 20 }), box(400, -50, { key: "d", anchor: 20 })];
  straighten(boxes, [["a", "b"], ["b", "c"]]); // prettier-ignore
  assert.deepEqual(boxes.map(({ y }) => y), [0, 0, 30, -50]);
});

const chain = (count) => Array.from({ length: count }, (_, at) => box(at * 160, 0, { key: `n${at}` }));
const joined = (count) => Array.from({ length: count - 1 }, (_, at) => [`n${at}`, `n${at + 1}`]);

test("a score that is too long for one row is put in rows that can be read", () => {
  const [few, many, most] = [chain(5), chain(20), chain(200)];
  inRows(few, joined(5));
  inRows(many, joined(20));
  inRows(most, joined(200));
  assert.equal(new Set(few.map(({ y }) => y)).size, 1);
  assert.ok(Math.max(...many.map(({ x }) => x)) < 1240 && new Set(many.map(({ y }) => y)).size < 5);
  assert.ok(Math.max(...most.map(({ x }) => x)) < 1240);
});

test("a score whose edges lead far ahead stays in one row", () => {
  const boxes = chain(20);
  inRows(boxes, [...joined(20), ["n0", "n19"], ["n1", "n18"]]);
  assert.equal(new Set(boxes.map(({ y }) => y)).size, 1);
});
