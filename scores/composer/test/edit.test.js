import assert from "node:assert/strict";
import { test } from "node:test";

import { findNode } from "../src/graph/document.js";
import { addNode, connect, copyOf, insertOnEdge, moveInto, moveTo, paste, removeNodes, renameKey, reorderEdge, whyNot } from "../src/graph/edit.js";
import { keyFrom, nodeFrom, offersOf, search } from "../src/graph/make.js";
import { CONTROLS } from "../src/graph/kinds.js";
import { catalog, edge, find, graph, map, step } from "./catalog.js";

const paths = (doc) => doc.edges.map(({ from, from_port, to }) => `${from}.${from_port} -> ${to}`);
const body = (doc, key) => findNode(doc, key).config.body_node_ids;

test("a node put on an edge leaves by its first port, and the far end keeps its renames", () => {
  const doc = graph([step("a"), step("b"), find("look")], [edge("a -> b", { transform: { x: "y" } })]);
  const done = insertOnEdge(doc, "a.success→b", "look", catalog);
  assert.deepEqual(paths(done), ["a.success -> look", "look.exists -> b"]);
  assert.deepEqual(done.edges.map((one) => one.transform), [null, { x: "y" }]);
});

test("a node put on an edge inside a body is played for each item", () => {
  const doc = graph([map("each", ["a"]), step("a"), step("new")], ["each.item -> a"]);
  const done = insertOnEdge(doc, "each.item→a", "new", catalog);
  assert.deepEqual(body(done, "each"), ["a", "new"]);
  assert.deepEqual(paths(done), ["each.item -> new", "new.success -> a"]);
});

test("a map that is taken away leaves its body to the map around it", () => {
  const doc = graph([map("outer", ["inner"]), map("inner", ["a"]), step("a"), step("b")], ["inner.item -> a", "inner -> b"]);
  const done = removeNodes(doc, ["inner"]);
  assert.deepEqual(body(done, "outer"), ["a"]);
  assert.deepEqual(paths(done), []);
  assert.equal(findNode(done, "inner"), undefined);
});

test("an item edge takes the node into the body", () => {
  const done = connect(graph([map("each", []), step("a")], []), { from: "each", from_port: "item", to: "a" });
  assert.deepEqual(body(done, "each"), ["a"]);
});

test("edges that cannot be are explained before they are drawn", () => {
  const doc = graph([map("each", ["a"]), step("a"), step("b")], ["a -> b"]);
  assert.match(whyNot(doc, { from: "a", from_port: "success", to: "a" }), /itself/);
  assert.match(whyNot(doc, { from: "a", from_port: "success", to: "b" }), /already/);
  assert.match(whyNot({ ...doc, edges: [] }, { from: "a", from_port: "success", to: "b" }), /out of the body of each/);
  assert.match(whyNot(doc, { from: "a", from_port: "success", to: "each" }), /holds a/);
  assert.equal(whyNot(doc, { from: "b", from_port: "success", to: "a" }), "");
});

test("a map does not go into its own body", () => {
  const doc = graph([map("outer", ["inner"]), map("inner", [])], []);
  assert.equal(moveInto(doc, ["outer"], "inner"), doc);
});

test("moving a map moves all that is in it", () => {
  const doc = graph([map("each", ["a"]), step("a", { position: { x: 50, y: 60 } })], []);
  const done = moveTo(doc, new Map([["each", { x: 100, y: 10 }]]));
  assert.deepEqual(findNode(done, "a").position, { x: 150, y: 70 });
});

test("a new key is taken over by edges and bodies", () => {
  const done = renameKey(graph([map("each", ["a"]), step("a"), step("b")], ["each.item -> a", "a -> b"]), "a", "first");
  assert.deepEqual(paths(done), ["each.item -> first", "first.success -> b"]);
  assert.deepEqual(body(done, "each"), ["first"]);
});

test("a copy of a map brings its body, under free keys and with its inner edges alone", () => {
  const doc = graph([step("x"), map("each", ["a", "b"]), step("a"), step("b")], ["x -> each", "each.item -> a", "a -> b"]);
  const { doc: done, keys } = paste(doc, copyOf(doc, ["each"]), { x: 20, y: 20 });
  assert.deepEqual(keys, ["each_2", "a_2", "b_2"]);
  assert.deepEqual(body(done, "each_2"), ["a_2", "b_2"]);
  assert.deepEqual(paths(done).slice(3), ["each_2.item -> a_2", "a_2.success -> b_2"]);
});

test("the later edge wins, so edges into a node can change places", () => {
  const doc = graph([step("a"), step("b"), step("c")], [edge("a -> c", { order: 0 }), edge("b -> c", { order: 1 })]);
  assert.deepEqual(paths(reorderEdge(doc, "b.success→c", -1)), ["b.success -> c", "a.success -> c"]);
  assert.equal(reorderEdge(doc, "a.success→c", -1), doc);
});

test("what the palette offers becomes a node with a free key", () => {
  const doc = graph([find("find_contact")], []);
  const made = nodeFrom({ type: "operation", skill: "pipeline", operation: "find_contact" }, doc, catalog);
  assert.equal(made.key, "find_contact_2");
  assert.equal(nodeFrom({ type: "agent", id: "ag_1" }, doc, catalog).key, "classify");
  assert.equal(addNode(doc, made).nodes.length, 2);
  assert.equal(keyFrom("Émile's 2nd step!"), "emile_s_2nd_step");
  assert.equal(keyFrom("42"), "step");
});

test("a search finds by beginnings of words first", () => {
  const found = search(offersOf(catalog, CONTROLS), "fi co").map((offer) => offer.name);
  assert.equal(found[0], "pipeline.find_contact");
  assert.equal(search(offersOf(catalog, CONTROLS), "classify")[0].name, "Classify");
  assert.deepEqual(search(offersOf(catalog, CONTROLS), "nothing like it"), []);
});
