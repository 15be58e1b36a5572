// By which ports a node can be left: the rules of scores/ports.py.

import { isMap } from "./kinds.js";

export const SUCCESS = "success";
export const ITEM = "item";
export const ON_ERROR = "on_error";

/** The ports a node chooses from when it succeeds; `item` of a map counts. */
export function ownPorts(node, catalog) {
  const config = node.config ?? {};
  if (node.kind === "deterministic")
    return catalog.operations.get(`${node.skill}.${node.operation}`)?.ports ?? [SUCCESS];
  if (isMap(node)) return [ITEM, SUCCESS];
  if (node.subkind === "gate") return ["approved", "refused", "expired"];
  if (node.subkind === "branch")
    return [...new Set([...(config.conditions ?? []).map((one) => one.port), config.else_port || "else"])];
  if (node.subkind === "parallel") return config.branches ?? [];
  return [SUCCESS];
}

/** Every port that an edge can leave by. */
export const portsOf = (node, catalog) => [...new Set([...ownPorts(node, catalog), ON_ERROR])];

/** The port that a new edge leaves by: the first that nothing follows yet, else the first; of a map without a body, `item`. */
export function nextPort(doc, node, catalog) {
  if (isMap(node) && !(node.config?.body_node_ids ?? []).length) return ITEM;
  const own = ownPorts(node, catalog).filter((port) => !(isMap(node) && port === ITEM));
  const followed = new Set(doc.edges.filter((edge) => edge.from === node.key).map((edge) => edge.from_port));
  return own.find((port) => !followed.has(port)) ?? own[0] ?? SUCCESS;
}
