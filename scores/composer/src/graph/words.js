// What nodes and edges say of themselves, on the canvas and to a screen reader.

import { isMap, kindWord } from "./kinds.js";
import { ITEM, SUCCESS } from "./ports.js";

const TEXT = String.raw`"[^"\\]*"`;
const VALUES = new RegExp(String.raw`\bin \[${TEXT}(?:, *${TEXT})+\]`, "g"); // a list of two texts or more
const SEPARATOR = /", *"/;

const shortModel = (model) => (model ?? "").replace(/^claude-/, "");
export const count = (number, one, many) => `${number === 0 ? "no" : number} ${number === 1 ? one : many}`;

/** The lines below a node's name. */
export function linesOf(node, catalog) {
  const config = node.config ?? {};
  if (node.kind === "deterministic") return [`${node.skill}.${node.operation}`];
  if (node.kind === "llm") return agentLines(node, catalog);
  if (isMap(node)) return [mapLine(config)];
  if (node.subkind === "branch") return [branchLine(config)];
  if (node.subkind === "gate") return [config.items_field ? `a person decides on ${config.items_field}` : "a person decides"];
  if (node.subkind === "parallel") return [count((config.branches ?? []).length, "branch", "branches at once")];
  return [catalog.scores.get(node.subscore_id)?.name ?? "no score chosen"];
}

function agentLines(node, catalog) {
  const agent = catalog.agents.get(node.agent_id);
  if (!agent) return [node.agent_id ? "an agent that is gone" : "no agent chosen"];
  const tools = count((agent.allowed_tools ?? []).length, "tool", "tools");
  const version = node.agent_version ? ` v${node.agent_version}` : "";
  return [agent.name + version, `${shortModel(agent.model || catalog.defaultModel)}, ${tools}`];
}

const mapLine = (config) =>
  `map over ${config.items_field || "…"}, ${config.concurrency ?? 5} at a time, ` +
  (config.on_error === "stop" ? "stops at an error" : "errors collected");

function branchLine(config) {
  const conditions = config.conditions ?? [];
  if (conditions.length !== 1) return count(conditions.length, "condition", "conditions");
  return conditions[0].when.replaceAll("input.", "").replaceAll(VALUES, (list) => `in ${list.split(SEPARATOR).length} values`);
}

/** A node as a sentence. */
export function nodeSentence(node, lines, issues) {
  const told = issues.map((issue) => `${issue.level}: ${issue.message}`);
  const label = node.label ? ` “${node.label}”` : "";
  const kind = kindWord(node);
  const words = lines[0]?.startsWith(kind) ? lines : [kind, ...lines];
  return [`${node.key}${label}, ${words.join(", ")}`, ...told].join(". ");
}

/** An edge as a sentence. */
export function edgeSentence(edge) {
  const port = edge.from_port && edge.from_port !== SUCCESS ? ` by ${edge.from_port}` : "";
  const renames = Object.entries(edge.transform ?? {}).map((pair) => pair.join(" becomes "));
  return `${edge.from} to ${edge.to}${port}${renames.length ? `, ${renames.join(", ")}` : ""}`;
}

/** `flow`, `port` or `item`: derived from the port, never stored. */
export const edgeKind = (edge, source) =>
  source && isMap(source) && edge.from_port === ITEM ? "item" : (edge.from_port ?? SUCCESS) === SUCCESS ? "flow" : "port";
