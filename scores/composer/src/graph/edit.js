// What can be done to a document. Pure: each gives a new one.

import { bodyOf, edgeId, findNode, insideOf, mapsAround, ownersOf } from "./document.js";
import { isMap } from "./kinds.js";
import { freeKey } from "./make.js";
import { ITEM, nextPort, SUCCESS } from "./ports.js";

export const updateNode = (doc, key, change) => ({
  ...doc,
  nodes: doc.nodes.map((node) => (node.key === key ? { ...node, ...change } : node)),
});

export const setConfig = (doc, key, change) => updateNode(doc, key, { config: pruned({ ...findNode(doc, key).config, ...change }) });

/** Without what says nothing: undefined takes a field away. */
const pruned = (config) => Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));

export function addNode(doc, node, owner) {
  const added = { ...doc, nodes: [...doc.nodes, node] };
  return owner ? moveInto(added, [node.key], owner) : added;
}

/** Puts nodes into the body of `owner`, or with undefined out to the top level. */
export function moveInto(doc, keys, owner) {
  const moved = new Set(keys);
  const around = owner ? [owner, ...mapsAround(owner, ownersOf(doc))] : [];
  if (around.some((key) => moved.has(key))) return doc; // a map does not go into itself
  const nodes = doc.nodes.map((node) => {
    if (!isMap(node)) return node;
    const body = bodyOf(node).filter((key) => !moved.has(key));
    if (node.key === owner) body.push(...keys);
    return body.join() === bodyOf(node).join() ? node : { ...node, config: { ...node.config, body_node_ids: body } };
  });
  return { ...doc, nodes };
}

/** Takes nodes away with their edges; what was in the body of a map stays where the map was. */
export function removeNodes(doc, keys) {
  const gone = new Set(keys);
  const owners = ownersOf(doc);
  let left = doc;
  for (const key of keys) {
    const body = bodyOf(findNode(doc, key) ?? {}).filter((inner) => !gone.has(inner));
    const outer = mapsAround(key, owners).find((map) => !gone.has(map));
    if (body.length) left = moveInto(left, body, outer);
  }
  left = moveInto(left, keys, undefined);
  return {
    ...left,
    nodes: left.nodes.filter((node) => !gone.has(node.key)),
    edges: left.edges.filter((edge) => !gone.has(edge.from) && !gone.has(edge.to)),
  };
}

export function removeEdges(doc, ids) {
  const gone = new Set(ids);
  return { ...doc, edges: doc.edges.filter((edge) => !gone.has(edgeId(edge))) };
}

/** Why two nodes cannot be joined so, or "" when they can. */
export function whyNot(doc, { from, from_port, to }) {
  const [source, target] = [findNode(doc, from), findNode(doc, to)];
  if (!source || !target) return "There is no such step.";
  if (from === to) return `${from} cannot lead to itself.`;
  if (doc.edges.some((edge) => edgeId(edge) === edgeId({ from, from_port, to }))) return "That edge is there already.";
  const owners = ownersOf(doc);
  const leaves = owners.get(from);
  if (mapsAround(from, owners).includes(to)) return `${to} holds ${from}: what a body gives comes out of ${to} by itself.`;
  if (leaves !== undefined && !mapsAround(to, owners).includes(leaves))
    return `No edge leads out of the body of ${leaves}; what its last steps give comes out of ${leaves}.`;
  return "";
}

/** Joins two nodes. From a map's port `item`, a node outside is taken into the body. */
export function connect(doc, { from, from_port = SUCCESS, to }) {
  const source = findNode(doc, from);
  const taken = isMap(source) && from_port === ITEM && !insideOf(doc, from).includes(to) ? moveInto(doc, [to], from) : doc;
  const order = Math.max(-1, ...doc.edges.map((edge) => edge.order ?? 0)) + 1;
  return { ...taken, edges: [...taken.edges, { from, from_port, to, to_port: "default", transform: null, order }] };
}

/** Leads the items of its map to a node to which nothing leads yet: else it would never be played. */
export function giveItems(doc, key) {
  const owner = ownersOf(doc).get(key);
  return owner === undefined || doc.edges.some((edge) => edge.to === key) ? doc : connect(doc, { from: owner, from_port: ITEM, to: key });
}

/** Whether edges lead from one node to another. */
export function leadsTo(doc, from, to) {
  const reached = new Set([from]);
  for (const key of reached) for (const edge of doc.edges) if (edge.from === key) reached.add(edge.to);
  return reached.has(to);
}

/** The plain edge over which items come to a node and nothing else does, or undefined. */
export function onlyItems(doc, key) {
  const into = doc.edges.filter((edge) => edge.to === key);
  const [edge] = into;
  return into.length === 1 && edge.from_port === ITEM && !edge.transform && isMap(findNode(doc, edge.from)) ? edge : undefined;
}

/** Puts a node, which is in the document, between the two ends of an edge. */
export function insertOnEdge(doc, id, key, catalog) {
  const edge = doc.edges.find((one) => edgeId(one) === id);
  if (!edge) return doc;
  const joined = moveInto(doc, [key], ownerOnEdge(doc, edge));
  const port = nextPort(joined, findNode(joined, key), catalog);
  const order = Math.max(...doc.edges.map((one) => one.order ?? 0)) + 1;
  const edges = joined.edges.flatMap((one) =>
    one === edge
      ? [
          { ...edge, to: key, transform: null },
          { ...edge, from: key, from_port: port, order },
        ]
      : [one],
  );
  return { ...joined, edges };
}

/** The map in whose body a node on this edge lies. */
export function ownerOnEdge(doc, edge) {
  const owners = ownersOf(doc);
  return edge.from_port === ITEM && isMap(findNode(doc, edge.from)) ? edge.from : owners.get(edge.from);
}

export const updateEdge = (doc, id, change) => ({
  ...doc,
  edges: doc.edges.map((edge) => (edgeId(edge) === id ? { ...edge, ...change } : edge)),
});

/** Moves an edge by `step` places in the order of merging among those into the same node. */
export function reorderEdge(doc, id, step) {
  const sorted = [...doc.edges].sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
  const edge = sorted.find((one) => edgeId(one) === id);
  const beside = sorted.filter((one) => one.to === edge.to);
  const other = beside[beside.indexOf(edge) + step];
  if (!other) return doc;
  const [at, there] = [sorted.indexOf(edge), sorted.indexOf(other)];
  [sorted[at], sorted[there]] = [sorted[there], sorted[at]];
  return { ...doc, edges: sorted.map((one, order) => ({ ...one, order })) };
}

/** Gives a node another key, wherever it is named. */
export function renameKey(doc, old, key) {
  const named = (one) => (one === old ? key : one);
  return {
    ...doc,
    nodes: doc.nodes.map((node) => ({
      ...node,
      key: named(node.key),
      config: isMap(node) ? { ...node.config, body_node_ids: bodyOf(node).map(named) } : node.config,
    })),
    edges: doc.edges.map((edge) => ({ ...edge, from: named(edge.from), to: named(edge.to) })),
  };
}

/** Gives a port of a branch or a parallel another name, with the edges that leave by it. */
export const renamePort = (doc, key, old, port) => ({
  ...doc,
  edges: doc.edges.map((edge) => (edge.from === key && edge.from_port === old ? { ...edge, from_port: port } : edge)),
});

/** New positions by key; a map takes along all that is in it, unless that has one of its own. */
export function moveTo(doc, places) {
  const all = new Map(places);
  for (const [key, place] of places) {
    const before = findNode(doc, key)?.position ?? { x: 0, y: 0 };
    for (const inner of insideOf(doc, key)) {
      const at = findNode(doc, inner).position ?? { x: 0, y: 0 };
      if (!places.has(inner)) all.set(inner, { x: at.x + place.x - before.x, y: at.y + place.y - before.y });
    }
  }
  return { ...doc, nodes: doc.nodes.map((node) => (all.has(node.key) ? { ...node, position: all.get(node.key) } : node)) };
}

/** What a copy takes: the nodes, all that is in maps among them, and the edges between. */
export function copyOf(doc, keys) {
  const taken = new Set(keys.flatMap((key) => [key, ...insideOf(doc, key)]));
  return {
    nodes: doc.nodes.filter((node) => taken.has(node.key)),
    edges: doc.edges.filter((edge) => taken.has(edge.from) && taken.has(edge.to)),
  };
}

/** {doc, keys}: the copy again, under free keys, `by` further right and down, in the body of `owner`. */
export function paste(doc, copy, by, owner) {
  const names = new Map();
  for (const { key } of copy.nodes) names.set(key, freeKey(doc, key, new Set(names.values())));
  const within = (keys) => keys.filter((key) => names.has(key)).map((key) => names.get(key));
  const nodes = copy.nodes.map((node) => ({
    ...structuredClone(node),
    key: names.get(node.key),
    position: { x: (node.position?.x ?? 0) + by.x, y: (node.position?.y ?? 0) + by.y },
    config: isMap(node) ? { ...node.config, body_node_ids: within(bodyOf(node)) } : node.config,
  }));
  const held = new Set(nodes.flatMap(bodyOf));
  const last = Math.max(-1, ...doc.edges.map((edge) => edge.order ?? 0));
  const edges = copy.edges.map((edge, index) => ({
    ...structuredClone(edge),
    from: names.get(edge.from),
    to: names.get(edge.to),
    order: last + 1 + index,
  }));
  const pasted = { ...doc, nodes: [...doc.nodes, ...nodes], edges: [...doc.edges, ...edges] };
  const top = nodes.map((node) => node.key).filter((key) => !held.has(key));
  return { doc: owner ? moveInto(pasted, top, owner) : pasted, keys: [...names.values()] };
}
