import assert from "node:assert/strict";
import { test } from "node:test";

import { giveItems, leadsTo, onlyItems } from "../src/graph/edit.js";
import { mendOf } from "../src/graph/mends.js";
import { nextPort } from "../src/graph/ports.js";
import { catalog, find, graph, map, step } from "./catalog.js";

const paths = (doc) => doc.edges.map(({ from, from_port, to }) => `${from}.${from_port} -> ${to}`);
const inBody = (...edges) => graph([map("each", ["a", "b"]), step("a"), step("b")], edges);

test("what is dropped into a frame gets each item, unless something leads there already", () => {
  assert.deepEqual(paths(giveItems(inBody(), "a")), ["each.item -> a"]);
  const joined = inBody("a -> b");
  assert.equal(giveItems(joined, "b"), joined);
  assert.equal(giveItems(joined, "each"), joined);
});

test("an edge for items alone is known, so that one drawn there can take its place", () => {
  assert.equal(onlyItems(inBody("each.item -> b"), "b").from, "each");
  assert.equal(onlyItems(inBody("each.item -> b", "a -> b"), "b"), undefined);
});

test("the first step behind a map goes into it, the next behind it", () => {
  const [empty, full] = [map("each", []), map("each", ["a"])];
  assert.equal(nextPort(graph([empty], []), empty, catalog), "item");
  assert.equal(nextPort(graph([full, step("a")], []), full, catalog), "success");
});

test("a step that no item reaches, and a port that nothing follows, are mended by a click", () => {
  const doc = inBody("each.item -> a");
  const led = mendOf(doc, { code: "unreached_body_node", node: "b", params: {} });
  assert.equal(led.word, "Lead each item of each to it");
  assert.deepEqual(paths(led.make(doc)), ["each.item -> a", "each.item -> b"]);

  const open = graph([find("look")], []);
  const ends = mendOf(open, { code: "port_goes_nowhere", node: "look", params: { port: "not_found" } });
  assert.deepEqual(ends.make(open).nodes[0].config.ends, ["not_found"]);
  assert.equal(mendOf(open, { code: "output_unused", node: "look", params: {} }), null);
});

test("a way from one step to another is found, also around a circle", () => {
  const doc = graph([step("a"), step("b"), step("c")], ["a -> b", "b -> c", "c -> a"]);
  assert.ok(leadsTo(doc, "a", "c") && leadsTo(doc, "c", "b"));
  assert.ok(!leadsTo(graph([step("a"), step("b")], ["a -> b"]), "b", "a"));
});

test("a step that does not wait for an edge that may not be taken waits by a click", () => {
  const doc = graph([step("a"), step("b")], ["a -> b"]);
  const waits = mendOf(doc, { code: "join_does_not_wait", node: "b", params: {} });
  assert.equal(waits.make(doc).nodes[1].config.join, "all");
});
