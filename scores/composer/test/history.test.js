import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_HISTORY, redo, remember, undo } from "../src/graph/history.js";

test("undo goes back and redo forward again, until something new is done", () => {
  let history = remember(remember(NO_HISTORY, "a"), "b");
  let back = undo(history, "c");
  assert.equal(back.doc, "b");
  back = undo(back.history, "b");
  assert.equal(back.doc, "a");
  assert.equal(undo(back.history, "a"), null);
  const forward = redo(back.history, "a");
  assert.equal(forward.doc, "b");
  history = remember(forward.history, "b");
  assert.equal(redo(history, "new"), null);
});

test("letters typed one soon after the other are one step", () => {
  let history = remember(NO_HISTORY, "", "label", 0);
  history = remember(history, "H", "label", 300);
  history = remember(history, "Hi", "label", 600);
  assert.equal(undo(history, "Hi!").doc, "");
  history = remember(history, "Hi!", "label", 5000);
  assert.equal(undo(history, "Hi! ").doc, "Hi!");
});

test("only so much is kept", () => {
  let history = NO_HISTORY;
  for (let step = 0; step < 300; step++) history = remember(history, step);
  assert.equal(history.past.length, 200);
  assert.equal(undo(history, 300).doc, 299);
});
