// What each kind of node is called and drawn with. One table of each, as in maestro/marks.py.

export const CONTROLS = {
  map_over: { icon: "repeat", word: "Map over", tells: "Plays its body once for each item of a list" },
  branch: { icon: "alt_route", word: "Branch", tells: "Leaves by the first port whose condition holds" },
  gate: { icon: "person", word: "Gate", tells: "Waits until a person approves, edits or drops" },
  parallel: { icon: "call_split", word: "Parallel", tells: "Goes on by several ports at once" },
  subscore: { icon: "account_tree", word: "Subscore", tells: "Plays another score as one step" },
};

export const STATUSES = {
  queued: "schedule",
  pending: "radio_button_unchecked",
  running: "progress_activity",
  waiting: "hourglass_top",
  succeeded: "check_circle",
  failed: "error",
  cancelled: "block",
  skipped: "skip_next",
  needs_attention: "warning",
};

/** `deterministic`, `llm` or `control`: shape and colour go by it. */
export const family = (node) => node.kind;

export const isMap = (node) => node.subkind === "map_over";

export function iconOf(node, catalog) {
  if (node.kind === "llm") return "smart_toy";
  if (node.kind === "control") return CONTROLS[node.subkind]?.icon ?? "help";
  return catalog.skills.get(node.skill)?.icon ?? "bolt";
}

export const kindWord = (node) =>
  ({ deterministic: "code", llm: "agent" })[node.kind] ?? CONTROLS[node.subkind]?.word.toLowerCase() ?? "control";
