// The keyboard. Letters are off while something is typed or a dialog is open.

import { useEffect } from "react";

import { neighbour } from "../graph/geometry.js";
import { close, facts, now, open, select, selectedEdges, selectedNodes } from "../store.js";
import * as act from "./actions.js";

export const KEYS = [
  ["/", "find a step to add"],
  ["Ctrl F", "find a step on the canvas"],
  ["N", "add a step behind the selected one, or on the selected edge"],
  ["C", "lead the selected step to another"],
  ["← → ↑ ↓", "go along edges to the next step"],
  ["Alt ← → ↑ ↓", "move the selected steps"],
  ["Enter", "settings of the selected step"],
  ["Del", "take away what is selected"],
  ["Ctrl Z, Ctrl Shift Z", "undo, redo"],
  ["Ctrl C, X, V, D", "copy, cut, paste, duplicate"],
  ["Ctrl A", "select every step"],
  ["Shift L", "arrange everything"],
  ["F", "show the whole score"],
  ["Ctrl S", "save as the next version"],
  ["Shift + drag, Ctrl + click", "select several"],
  ["Esc", "select nothing"],
  ["?", "this list"],
];

const WITH_CONTROL = {
  z: (event) => (event.shiftKey ? act.redo() : act.undo()),
  y: act.redo,
  c: act.copySelected,
  x: act.cutSelected,
  v: () => act.pasteCopied(),
  d: act.duplicateSelected,
  a: act.selectAll,
  s: () => open("save"),
  f: () => open("find"),
};
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const EVERYWHERE = new Set(["s", "f"]); // also while something is typed
const READING = new Set(["/", "f", "?", "Escape", "Enter"]);

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");
const focus = (selector) => document.querySelector(selector)?.focus();

const PLAIN = {
  "/": () => (now().isEditing ? focus("#composer-find") : open("find")),
  "?": () => open("keys"),
  n: () => open("add"),
  c: connectSelected,
  f: () => now().view?.fit(),
  L: act.arrangeAll,
  Delete: act.removeSelected,
  Backspace: act.removeSelected,
  Enter: settle,
  Escape: () => select([]),
};

function connectSelected() {
  const [key] = selectedNodes();
  if (key !== undefined) open("connect", { from: key });
}

/** Out of a field, back to what is selected on the canvas. */
function leave(field) {
  field.blur();
  const [id] = [...selectedNodes(), ...selectedEdges()];
  if (id !== undefined) act.focusOn(id);
}

/** Selects what has the focus; then goes to its settings. */
function settle({ target }) {
  const [node, edge] = [".react-flow__node", ".react-flow__edge"].map((kind) => target.closest?.(kind)?.dataset.id);
  if (node && !selectedNodes().includes(node)) return select([node]);
  if (edge && !selectedEdges().includes(edge)) return select([], [edge]);
  focus(".ms-dock :is(input, select, textarea):not([disabled])");
}

/** What a key does here, or null. */
function deed(event) {
  const { isEditing, dialog } = now();
  if (dialog) return event.key === "Escape" ? close : null;
  if (event.ctrlKey || event.metaKey) {
    const act = WITH_CONTROL[event.key.toLowerCase()];
    if (!act || !(isEditing || event.key.toLowerCase() === "f")) return null;
    return EVERYWHERE.has(event.key.toLowerCase()) || !isTyping(event.target) ? () => act(event) : null;
  }
  if (isTyping(event.target)) return event.key === "Escape" ? () => leave(event.target) : null;
  if (WAYS[event.key]) return () => arrow(event);
  if (event.key === "Escape" && event.target.closest(".ms-popover")) return null;
  if (event.key === "Escape" && event.target.closest(".ms-dock")) return () => leave(event.target);
  if (event.key === "Enter" && event.target.closest("button, a, summary")) return null;
  const isOurs = isEditing || READING.has(event.key);
  return isOurs && PLAIN[event.key] ? () => PLAIN[event.key](event) : null;
}

function arrow(event) {
  if (event.altKey) return now().isEditing && act.nudge(...WAYS[event.key]);
  const { doc } = now();
  const [key = event.target.closest?.(".react-flow__node")?.dataset.id ?? doc.nodes[0]?.key] = selectedNodes();
  if (key === undefined) return;
  const next = selectedNodes().length ? neighbour(doc, facts(), key, event.key) : key;
  if (next === undefined) return;
  select([next]);
  now().view?.reveal(next);
  act.focusOn(next);
}

export function useKeys() {
  useEffect(() => {
    const pressed = (event) => {
      const act = deed(event);
      if (!act) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    };
    addEventListener("keydown", pressed, { capture: true });
    return () => removeEventListener("keydown", pressed, { capture: true });
  }, []);
}
