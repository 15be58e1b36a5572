// A small catalog and graphs in one line each.

import { catalogOf } from "../src/api.js";

const operation = (name, ports = ["success"], more = {}) => ({ name, ports, input_schema: { properties: {} }, output_schema: { properties: {} }, ...more });

export const catalog = catalogOf({
  skills: [
    { name: "data", icon: "data_object", operations: [operation("pick"), operation("read_csv")] },
    { name: "pipeline", icon: "contacts", operations: [operation("find_contact", ["exists", "not_found"])] },
  ],
  agents: [{ id: "ag_1", name: "Classify", model: "claude-haiku-5-5", allowed_tools: [] }],
});

export const step = (key, more = {}) => ({ key, kind: "deterministic", skill: "data", operation: "pick", config: {}, position: { x: 0, y: 0 }, ...more });
export const find = (key, more = {}) => step(key, { skill: "pipeline", operation: "find_contact", ...more });
export const llm = (key) => ({ key, kind: "llm", agent_id: "ag_1", config: {}, position: { x: 0, y: 0 } });
export const map = (key, body, config = {}) => ({ key, kind: "control", subkind: "map_over", config: { items_field: "rows", body_node_ids: body, ...config }, position: { x: 0, y: 0 } });

/** `a -> b` or `a.port -> b` */
export function edge(path, more = {}) {
  const [source, to] = path.split(" -> ");
  const [from, from_port = "success"] = source.split(".");
  return { from, from_port, to, to_port: "default", transform: null, order: 0, ...more };
}

export const graph = (nodes, paths) => ({ nodes, edges: paths.map((path) => (typeof path === "string" ? edge(path) : path)) });
