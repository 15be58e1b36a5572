import assert from "node:assert/strict";
import { test } from "node:test";

import { fromDoc } from "../src/graph/flow.js";
import { catalog, find, graph, llm, map, step } from "./catalog.js";

const drawn = (doc, options) => {
  const flow = fromDoc(doc, catalog, options);
  return { ...flow, node: (key) => flow.nodes.find((node) => node.id === key) };
};

test("a map's body is drawn inside its frame, at the same place of the canvas", () => {
  const doc = graph([step("read"), map("each", ["pick"]), step("pick", { position: { x: 400, y: 300 } })], ["read -> each", "each.item -> pick"]);
  const { node } = drawn(doc);

  assert.equal(node("each").type, "frame");
  assert.equal(node("pick").parentId, "each");
  const frame = node("each");
  assert.equal(frame.position.x + node("pick").position.x, 400);
  assert.equal(frame.position.y + node("pick").position.y, 300);
  assert.ok(node("pick").position.x > 0 && node("pick").position.x + node("pick").width < frame.width);
});

test("a frame comes before what is in it, however the document orders them", () => {
  const doc = graph([step("pick"), map("inner", ["pick"]), map("outer", ["inner"])], []);
  assert.deepEqual(drawn(doc).nodes.map((node) => node.id), ["outer", "inner", "pick"]);
});

test("maps that hold each other are drawn all the same, so that the mistake can be seen", () => {
  const doc = graph([map("one", ["other"]), map("other", ["one"])], []);
  assert.equal(drawn(doc).nodes.length, 2);
});

test("edges are of three kinds, and a port's carries its name", () => {
  const doc = graph([find("look"), map("each", ["pick"]), step("pick"), step("end")], ["look.exists -> each", "each.item -> pick", "each -> end"]);
  const kinds = drawn(doc).edges.map(({ data }) => [data.kind, data.name]);
  assert.deepEqual(kinds, [["port", "exists"], ["item", ""], ["flow", ""]]);
});

test("a port without an edge hangs below its node", () => {
  const doc = graph([find("look"), step("end")], ["look.exists -> end"]);
  const { right, below } = drawn(doc).node("look").data;
  assert.deepEqual([right, below.map(({ port }) => port)], [["exists"], ["not_found"]]);
});

test("an edge to a node that is not there is left out, and one by a port that is not there is drawn", () => {
  const doc = graph([step("a"), step("b")], ["a -> gone", "a.odd -> b"]);
  assert.deepEqual(drawn(doc).edges.map((edge) => edge.id), ["a.odd→b"]);
});

test("nodes and edges read as sentences, with what is wrong", () => {
  const issues = [{ level: "warning", node: "think", message: "Nothing follows it." }];
  const doc = graph([step("a"), llm("think")], [{ from: "a", from_port: "success", to: "think", transform: { from_email: "email" } }]);
  const flow = drawn(doc, { issues });
  assert.equal(flow.node("think").ariaLabel, "think, agent, Classify, haiku-5-5, no tools. warning: Nothing follows it.");
  assert.equal(flow.edges[0].ariaLabel, "a to think, from_email becomes email");
});

test("ports stand in the order of where they lead, so that edges do not cross", () => {
  const branch = { key: "choose", kind: "control", subkind: "branch", config: { conditions: [{ port: "a", when: "true" }], else_port: "b" } };
  const at = (y) => ({ position: { x: 300, y } });
  const right = (one, other) => drawn(graph([branch, step("one", at(one)), step("other", at(other))], ["choose.a -> one", "choose.b -> other"])).node("choose").data.right;
  assert.deepEqual(right(0, 100), ["a", "b"]);
  assert.deepEqual(right(100, 0), ["b", "a"]);
});

test("the name of a port with several edges stands once, at its handle", () => {
  const doc = graph([find("look"), step("a"), step("b")], ["look.exists -> a", "look.exists -> b", "look.not_found -> b"]);
  assert.deepEqual(drawn(doc).edges.map(({ data }) => `${data.name} ${data.namedAt}`), ["exists begin", " ", "not_found middle"]);
});
