import assert from "node:assert/strict";
import { test } from "node:test";

import { plain } from "../src/graph/labels.js";
import { linesOf } from "../src/graph/words.js";

const said = (message, words) => assert.equal(plain(message), words);

test("what the API says of a setting is told by the label that the form gives it", () => {
  said("think is llm; choose its agent_id.", "think is an agent’s step; choose its “Agent”.");
  said("Nothing follows look.exists; draw an edge, or name it in config.ends.", "Nothing follows look.exists; draw an edge, or tick “ends here” at the port.");
  said("each: config.items_field: it is empty; say it.", "each: “Items in”: it is empty; say it.");
  said("look needs email, which no edge brings; rename a field on an edge to it, or give it in config.params.", "look needs email, which no edge brings; rename a field on an edge to it, or give it in the settings.");
  said("pick: config.params.fields: Input should be a list; change it.", "pick: “fields”: Input should be a list; change it.");
  said("choose: config.conditions.1.when: it is empty; say it.", "choose: condition 2: it is empty; say it.");
});

test("words that are nobody's setting stay as they are", () => {
  said("The edge read.success → look brings from_email as a text.", "The edge read.success → look brings from_email as a text.");
});

test("a branch says how many values its condition compares with", () => {
  const said = (when) => linesOf({ kind: "control", subkind: "branch", config: { conditions: [{ port: "yes", when }] } })[0];
  assert.equal(said('input.intent in ["interested", "needs_review"]'), "intent in 2 values");
  assert.equal(said('input.a in ["x, y"] && input.b == 1'), 'a in ["x, y"] && b == 1');
});
