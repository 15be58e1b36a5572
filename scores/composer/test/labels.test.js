import assert from "node:assert/strict";
import { test } from "node:test";

import { labelOf, refusal, said } from "../src/graph/labels.js";
import { linesOf } from "../src/graph/words.js";

const words = (template, params) => said({ message: "", template, params });

test("what the API says of a setting is told by the label that the form gives it", () => {
  assert.equal(words("{node} is {kind}; choose its {setting}.", { node: "think", kind: "llm", setting: "agent_id" }), "think is an agent’s step; choose its “Agent”.");
  assert.equal(words("{node}: {setting}: {fault}.", { node: "each", setting: "config.items_field", fault: "it is empty" }), "each: “Items in”: it is empty.");
});

test("a message that is worded anew keeps its labels", () => {
  assert.equal(words("Say {setting} at {node}, {kind}", { node: "think", kind: "control", setting: "config.join" }), "Say “Waits for” at think, a control step");
});

test("settings without a label of their own say where they are", () => {
  const labels = { "config.params.fields": "“fields”", "config.params": "the settings", "config.ends": "“ends here” under Ports", "config.conditions.1.when": "condition 2", "config.limits.max_turns": "“limits.max turns”" };
  for (const [path, label] of Object.entries(labels)) assert.equal(labelOf(path), label);
});

test("what is nobody's setting stays as it is, also what looks like a place", () => {
  assert.equal(said({ message: "The edge brings {setting} as a text.", template: null, params: {} }), "The edge brings {setting} as a text.");
  assert.equal(words("{node}: {fault}", { node: "a", fault: "{setting} $1" }), "a: {setting} $1");
});

test("a refusal says its first error in these words", () => {
  const first = { message: "", template: "{node} needs {setting}", params: { node: "a", setting: "subscore_id" } };
  assert.equal(refusal({ message: "raw", details: { errors: [first, first] } }), "a needs “Score” (1 more)");
  assert.equal(refusal({ message: "raw", details: { errors: [{ place: "name", message: "too long" }] } }), "raw");
});

test("a branch says how many values its condition compares with", () => {
  const told = (when) => linesOf({ kind: "control", subkind: "branch", config: { conditions: [{ port: "yes", when }] } })[0];
  assert.equal(told('input.intent in ["interested", "needs_review"]'), "intent in 2 values");
  assert.equal(told('input.a in ["x, y"] && input.b == 1'), 'a in ["x, y"] && b == 1');
});
