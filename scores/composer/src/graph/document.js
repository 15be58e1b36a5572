// The graph document, as the API gives it: never changed in place. Keys, never row ids.

import { isMap } from "./kinds.js";
import { SUCCESS } from "./ports.js";

export const EMPTY = { nodes: [], edges: [] };

export const edgeId = (edge) => `${edge.from}.${edge.from_port ?? SUCCESS}→${edge.to}`;

export const findNode = (doc, key) => doc.nodes.find((node) => node.key === key);

export const bodyOf = (node) => (isMap(node) ? (node.config?.body_node_ids ?? []) : []);

/** The map whose body holds each node; keys at the top level are left out. */
export function ownersOf(doc) {
  const owners = new Map();
  for (const node of doc.nodes) for (const key of bodyOf(node)) if (!owners.has(key)) owners.set(key, node.key);
  return owners;
}

/** The maps around a node, innermost first; ends where maps hold each other. */
export function mapsAround(key, owners) {
  const around = [];
  for (let owner = owners.get(key); owner !== undefined && !around.includes(owner); owner = owners.get(owner))
    around.push(owner);
  return around;
}

/** A map's body, with the bodies in it. */
export function insideOf(doc, key) {
  const owners = ownersOf(doc);
  return doc.nodes.filter((node) => mapsAround(node.key, owners).includes(key)).map((node) => node.key);
}

/** What an answer of the API says of a graph, without what it adds; every field there. */
export const documentIn = (answer) => ({ nodes: answer.nodes, edges: answer.edges });

/** Whether two documents say the same, positions included. */
export const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
