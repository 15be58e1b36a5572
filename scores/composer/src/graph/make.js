// New nodes: what the palette offers becomes a node with a key of its own.

import { findNode } from "./document.js";

export const ITEMS = "items"; // what a new map plays its body for, until it is known what arrives

const DEFAULTS = {
  map_over: { items_field: ITEMS, body_node_ids: [] },
  branch: { conditions: [{ port: "yes", when: 'input.field == "value"' }], else_port: "no" },
  gate: {},
  parallel: { branches: ["one", "other"] },
  subscore: {},
};
const KEYS = { map_over: "each", branch: "choose", gate: "review", parallel: "fan_out", subscore: "subscore" };

/** A word fit to be a key: small letters, digits and _, a letter first. */
export const keyFrom = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 70) || "step";

/** `base`, or `base_2` and so on, whichever is free. */
export function freeKey(doc, base, taken = new Set()) {
  const isTaken = (key) => taken.has(key) || findNode(doc, key);
  if (!isTaken(base)) return base;
  const stem = base.replace(/_\d+$/, "");
  let number = 2;
  while (isTaken(`${stem}_${number}`)) number++;
  return `${stem}_${number}`;
}

/** The node that an offer of the palette makes; its key is free in `doc`. */
export function nodeFrom(offer, doc, catalog, position = { x: 0, y: 0 }) {
  const node = { ...BLANK, ...parts(offer, catalog), position };
  return { ...node, key: freeKey(doc, node.key) };
}

const BLANK = {
  label: "", skill: "", operation: "", subkind: "", agent_id: null, agent_version: null, subscore_id: null,
  config: {}, input_schema: null, retry: null, timeout_seconds: null, on_error: "fail",
}; // prettier-ignore

function parts(offer, catalog) {
  if (offer.type === "operation")
    return { kind: "deterministic", skill: offer.skill, operation: offer.operation, key: keyFrom(offer.operation) };
  if (offer.type === "agent")
    return { kind: "llm", agent_id: offer.id ?? null, key: keyFrom(catalog.agents.get(offer.id)?.name ?? "agent") };
  return { kind: "control", subkind: offer.subkind, config: structuredClone(DEFAULTS[offer.subkind]), key: KEYS[offer.subkind] };
}

/** What is offered, in the palette's order; `words` are what a search looks through. */
export function offersOf(catalog, controls) {
  const agents = [...catalog.agents.values()].map((agent) => ({
    type: "agent", id: agent.id, name: agent.name, family: "llm", icon: "smart_toy", tells: agent.description, group: "Agents",
  })); // prettier-ignore
  const blank = { type: "agent", name: "Agent", family: "llm", icon: "smart_toy", tells: "A model's turn; choose who plays it in its settings", group: "Model" };
  const control = Object.entries(controls).map(([subkind, { icon, word, tells }]) => ({
    type: "control", subkind, name: word, family: "control", icon, tells, group: "Control",
  })); // prettier-ignore
  const operations = [...catalog.operations.values()].map((one) => ({
    type: "operation", skill: one.skill, operation: one.name, name: `${one.skill}.${one.name}`,
    family: "deterministic", icon: one.icon, tells: one.description, group: one.skill,
  })); // prettier-ignore
  return [blank, ...control, ...operations, ...agents];
}

/** Those in which every word of the search is found: first names that begin so, last what is only told. */
export function search(offers, text) {
  const plain = (words) => words.toLowerCase().replace(/[\s._]+/g, " ").trim();
  const wanted = plain(text);
  const words = wanted.split(" ").filter(Boolean);
  const rank = (offer) => {
    const [own, name] = [plain(offer.operation ?? offer.name), plain(`${offer.name} ${offer.group}`)];
    if (own.startsWith(wanted)) return 0;
    if (words.every((word) => name.split(" ").some((part) => part.startsWith(word)))) return 1;
    if (words.every((word) => name.includes(word))) return 2;
    return words.every((word) => `${name} ${plain(offer.tells ?? "")}`.includes(word)) ? 3 : 4;
  };
  const found = offers.map((offer) => [rank(offer), offer]).filter(([at]) => at < 4);
  return found.sort(([one], [other]) => one - other).map(([, offer]) => offer);
}
