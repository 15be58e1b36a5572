import assert from "node:assert/strict";
import { test } from "node:test";

import { around, byStatus, latestOf, squaresOf, statesOf } from "../src/graph/played.js";
import { graph, map, step } from "./catalog.js";

const doc = graph(
  [step("read"), map("each", ["look", "log"]), step("look"), step("log"), step("end")],
  ["read -> each", "each.item -> look", "look -> log", "each -> end"],
);
const row = (node, iteration = "", more = {}) => ({
  node, iteration, attempt: 1, call: 0, status: "succeeded", port: "success", output: {}, error: null, cost_microdollars: 0,
  started_at: "2026-11-21T10:00:00.000Z", finished_at: "2026-11-21T10:00:00.800Z", ...more,
}); // prettier-ignore
const read = row("read", "", { output: { rows: [{}, {}, {}, {}] } });
const running = { status: "running", input: {} };
const over = { status: "succeeded", input: {} };
const told = (rows, run, path) => Object.fromEntries([...statesOf(doc, rows, run, path)].map(([key, { status, text }]) => [key, `${status}: ${text}`]));

test("while it runs, nodes show how many of the items they have done", () => {
  const rows = [read, row("look", "each:0"), row("look", "each:1"), row("log", "each:0")];
  assert.deepEqual(told(rows, running), {
    read: "succeeded: 0.8 s", each: "running: 1 succeeded, 1 in flight", look: "running: 2 of 4", log: "running: 1 of 4", end: "pending: pending",
  }); // prettier-ignore
});

test("a node whose sources have settled is running, though nothing is recorded of it", () => {
  assert.equal(told([], running).read, "running: running");
  assert.equal(told([read], running).each.split(":")[0], "running");
  assert.equal(told([], over).read, "pending: not played");
});

test("failures of items are seen at their node, at the frame and in the strip", () => {
  const bad = row("look", "each:1", { status: "failed", error: { code: "output_invalid" } });
  const rows = [read, row("look", "each:0"), row("log", "each:0"), bad, row("each")];
  const states = told(rows, over);
  assert.equal(states.look, "failed: 1, 1 failed");
  assert.match(states.each, /1 succeeded, 1 failed/);
  assert.deepEqual(squaresOf(doc, doc.nodes[1], rows, over).map(({ label, tone }) => `${label} ${tone}`), ["0 ok", "1 failed"]);
  assert.equal(told(rows, over, "each:1").look, "failed: output invalid");
  assert.equal(told(rows, over, "each:0").look, "succeeded: 0.8 s");
});

test("the last attempt counts, and tool calls do not", () => {
  const rows = [row("look", "each:0", { status: "failed" }), row("look", "each:0", { attempt: 2 }), row("look", "each:0", { call: 1, status: "failed" })];
  assert.equal(latestOf(rows).get("look").get("each:0").status, "succeeded");
});

test("items are in order of their numbers, those of inner maps after their outer one's", () => {
  const nested = graph([map("a", ["b"]), map("b", ["x"]), step("x")], ["a.item -> b", "b.item -> x"]);
  const rows = ["a:10/b:0", "a:2/b:1", "a:2/b:0"].map((iteration) => row("x", iteration));
  assert.deepEqual(squaresOf(nested, nested.nodes[1], rows, over).map(({ label }) => label), ["2·0", "2·1", "10·0"]);
  assert.deepEqual(squaresOf(nested, nested.nodes[0], rows, over).map(({ label }) => label), ["2", "10"]);
});

test("a node's rows are in the order of their items, the tenth after the ninth", () => {
  const [{ rows }] = byStatus(["each:10", "each:9", "each:1"].map((iteration) => row("a", iteration)));
  assert.deepEqual(rows.map(({ iteration }) => iteration), ["each:1", "each:9", "each:10"]);
});

test("a node's rows are counted by status, the troubled first", () => {
  const groups = byStatus([row("a"), row("a", "", { status: "failed" }), row("a", "", { cost_microdollars: 30 })]);
  assert.deepEqual(groups.map(({ status, rows, p50, cost }) => [status, rows.length, p50, cost]), [["failed", 1, 800, 0], ["succeeded", 2, 800, 30]]);
});

test("of a long row of items those around the chosen one are shown", () => {
  assert.deepEqual(around(1000, -300, 300), { from: 0, to: 300 });
  assert.deepEqual(around(1000, 450.4, 300), { from: 450, to: 750 });
  assert.deepEqual(around(1000, 950, 300), { from: 700, to: 1000 });
  assert.deepEqual(around(12, 5, 300), { from: 0, to: 12 });
});

test("what an earlier run did is said to be taken over, since it took no time here", () => {
  const taken = row("read", "", { started_at: null, finished_at: null });
  assert.equal(told([taken], over).read, "succeeded: taken over");
});
