import assert from "node:assert/strict";
import { test } from "node:test";

import { arriving, inputOf, isOneStep, pathsIn, takeList } from "../src/graph/fields.js";
import { exampleOf, fieldsOf, parsed, shown } from "../src/graph/schema.js";
import { carry } from "../src/graph/transform.js";
import { edge, graph, map, step } from "./catalog.js";

test("an edge carries what docs/scores.md says", () => {
  const cases = [
    [{ from_email: "a" }, { from_email: "email" }, { email: "a" }],
    [{ person: { email: "a" } }, { "person.email": "to" }, { person: { email: "a" }, to: "a" }],
    [{ subject: "s" }, { subject: "payload.subject" }, { payload: { subject: "s" } }],
    [{ a: 1, b: 2 }, { a: "b", b: "a" }, { a: 2, b: 1 }],
    [{ email: "a" }, { missing: "email" }, { email: "a" }],
    [{ a: 1 }, null, { a: 1 }],
  ];
  for (const [output, transform, arrives] of cases) assert.deepEqual(carry(output, transform), arrives);
});

test("a rename into an object leaves the recorded output alone", () => {
  const output = { payload: { a: 1 }, subject: "s" };
  carry(output, { subject: "payload.subject" });
  assert.deepEqual(output.payload, { a: 1 });
});

const known = (outputs, input = {}) => ({ input, output: (node) => outputs[node.key] });

test("of two edges with one field the later wins", () => {
  const doc = graph([step("a"), step("b"), step("c")], [edge("b -> c", { order: 1 }), edge("a -> c", { order: 0 })]);
  assert.deepEqual(inputOf(doc, "c", known({ a: { n: 1, m: 1 }, b: { n: 2 } })), { n: 2, m: 1 });
});

test("a body sees the item, by its name and by its fields", () => {
  const doc = graph([step("read"), map("each", ["look"]), step("look")], ["read -> each", "each.item -> look"]);
  const [{ fields }] = arriving(doc, "look", known({ read: { rows: [{ email: "a" }, { email: "b" }] } }));
  assert.deepEqual(fields, { email: "a", item: { email: "a" } });
});

test("a branch passes its input on, and a source is given the run's", () => {
  const branch = { key: "choose", kind: "control", subkind: "branch", config: { conditions: [], else_port: "no" } };
  const doc = graph([step("a"), branch, step("b")], ["a -> choose", "choose.no -> b"]);
  assert.deepEqual(inputOf(doc, "b", known({ a: { n: 1 } })), { n: 1 });
  assert.deepEqual(inputOf(doc, "a", known({}, { csv: "x" })), { csv: "x" });
});

test("circles are asked for only so much", () => {
  const branch = (key) => ({ key, kind: "control", subkind: "branch", config: {} });
  const doc = graph([branch("a"), branch("b")], ["a.no -> b", "b.no -> a"]);
  assert.deepEqual(inputOf(doc, "a", known({})), {});
});

test("paths reach inside", () => {
  const paths = pathsIn({ contact: { stage: "new" }, n: 1 }).map(({ path }) => path);
  assert.deepEqual(paths, ["contact", "contact.stage", "n"]);
});

test("a schema becomes the fields of a form", () => {
  const schema = {
    $defs: { Auth: { type: "object", properties: { kind: { enum: ["bearer", "basic"], default: "bearer" } } } },
    properties: {
      url: { type: "string", title: "Url" },
      limit: { anyOf: [{ type: "integer" }, { type: "null" }], default: null },
      to: { type: "array", items: { type: "string" } },
      auth: { anyOf: [{ $ref: "#/$defs/Auth" }, { type: "null" }] },
      payload: { type: "object", additionalProperties: true },
    },
    required: ["url"],
  };
  const fields = fieldsOf(schema);
  assert.deepEqual(fields.map(({ name, type }) => `${name} ${type}`), ["url string", "limit integer", "to lines", "auth object", "payload json"]);
  assert.ok(fields[0].isRequired && !fields[1].isRequired);
  assert.deepEqual(fields[3].fields.map(({ name, type }) => `${name} ${type}`), ["kind choice"]);
  assert.deepEqual(exampleOf(schema), { url: "", limit: 0, to: [""], auth: { kind: "bearer" }, payload: {} });
});

test("what is typed becomes a value of its type, or says why not", () => {
  assert.deepEqual(parsed("a\n\n b ", "lines"), { value: ["a", "b"] });
  assert.deepEqual(parsed("7", "integer"), { value: 7 });
  assert.equal(parsed("7.5", "integer").fault, "A whole number.");
  assert.deepEqual(parsed("", "json"), { value: undefined });
  assert.match(parsed("{", "json").fault, /Not JSON/);
  assert.equal(shown({ a: 1 }, "json"), '{\n  "a": 1\n}');
  assert.equal(shown(["a", "b"], "lines"), "a\nb");
});

test("records of a step that was tested by itself are known from those of a run", () => {
  const doc = graph([step("a"), step("b")], ["a -> b"]);
  assert.ok(isOneStep([{ node: "b" }, { node: "b" }], doc));
  assert.ok(!isOneStep([{ node: "a" }, { node: "b" }], doc));
  assert.ok(!isOneStep([{ node: "a" }], graph([step("a")], [])));
});

test("a new map plays its body for the list that arrives, where there is one alone", () => {
  const drawn = (items_field) => graph([step("read"), map("each", [], { items_field })], ["read -> each"]);
  const played = (output, items_field = "items") => takeList(drawn(items_field), "each", known({ read: output }), "items").nodes[1].config.items_field;
  assert.equal(played({ rows: [1], count: 1 }), "rows");
  assert.equal(played({ rows: [1], errors: [] }), "items");
  assert.equal(played({ rows: [1], items: [] }), "items");
  assert.equal(played({ rows: [1] }, "leads"), "leads");
});

test("a field that names something of the workspace says of which kind", () => {
  const secret = { type: "string", "x-choices": "secrets" };
  const auth = { type: "object", properties: { secret } };
  const stage = { anyOf: [{ type: "string" }, { type: "null" }], "x-choices": "stages" };
  const fields = fieldsOf({ properties: { stage, auth: { $ref: "#/$defs/auth" }, name: { type: "string" } }, $defs: { auth } });
  assert.deepEqual(
    fields.map(({ type, offers }) => [type, offers]),
    [["string", "stages"], ["object", undefined], ["string", undefined]],
  );
  assert.equal(fields[1].fields[0].offers, "secrets");
});
