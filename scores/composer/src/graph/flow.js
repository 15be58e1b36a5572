// From the document to what is drawn: React Flow's nodes and edges. The document knows nothing of them.

import { mapsAround, ownersOf } from "./document.js";
import { family, iconOf, isMap } from "./kinds.js";
import { ITEM, ON_ERROR, ownPorts, SUCCESS } from "./ports.js";
import { frameAround, hangingIn, stepSize } from "./sizes.js";
import { wiresOf } from "./wires.js";
import { linesOf, nodeSentence } from "./words.js";

const NO_ISSUES = [];
const FRAMES = -100; // below the edges, which are at 0; an inner frame above its outer one

/** {nodes, edges} for React Flow. Positions of the document are absolute, those of React Flow within the frame. */
export function fromDoc(doc, catalog, { issues = NO_ISSUES, withState = false } = {}) {
  const facts = factsOf(doc, catalog, issues, withState);
  const owners = ownersOf(doc);
  return {
    nodes: inFrameOrder(doc, owners).map((node) => drawn(node, facts, owners)),
    edges: wiresOf(doc, facts, owners, issues),
  };
}

/** By key: {node, lines, right, below, rect, anchor}; `rect` is absolute, of a map around all that is in it, and edges come in at `anchor` below its top. */
export function factsOf(doc, catalog, issues = NO_ISSUES, withState = false) {
  const followed = portsFollowed(doc);
  const facts = new Map();
  for (const node of doc.nodes) {
    const lines = linesOf(node, catalog);
    const own = ownPorts(node, catalog);
    const sides = isMap(node) ? { right: [SUCCESS], below: [] } : sidesOf(own, followed.get(node.key) ?? new Map());
    const told = issues.filter((issue) => issue.node === node.key);
    facts.set(node.key, { node, lines, own, ...sides, issues: told, icon: iconOf(node, catalog) });
  }
  for (const node of doc.nodes) facts.get(node.key).rect = rectOf(node, facts, withState, new Set());
  const given = givenItems(doc);
  for (const fact of facts.values()) fact.anchor = anchorOf(fact, given.get(fact.node.key) ?? [], facts);
  return facts;
}

/** By map the nodes to which its items go. */
function givenItems(doc) {
  const given = new Map();
  for (const { from, from_port, to } of doc.edges) if (from_port === ITEM) given.set(from, [...(given.get(from) ?? []), to]);
  return given;
}

/** A frame is entered level with the first node that gets its items. */
function anchorOf({ node, rect }, given, facts) {
  const inner = given.map((key) => facts.get(key)?.rect).filter(Boolean);
  if (!isMap(node) || !inner.length) return rect.height / 2;
  const first = inner.reduce((one, other) => (other.x < one.x ? other : one));
  const at = first.y + first.height / 2 - rect.y;
  return at > 40 && at < rect.height - 16 ? at : rect.height / 2;
}

/** By key and port how far down its targets lie, on average. */
function portsFollowed(doc) {
  const heights = new Map(doc.nodes.map((node) => [node.key, node.position?.y ?? 0]));
  const followed = new Map();
  for (const edge of doc.edges) {
    const ports = followed.get(edge.from) ?? new Map();
    const port = edge.from_port ?? SUCCESS;
    followed.set(edge.from, ports.set(port, [...(ports.get(port) ?? []), heights.get(edge.to) ?? 0]));
  }
  const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  for (const ports of followed.values()) for (const [port, ys] of ports) ports.set(port, mean(ys));
  return followed;
}

/** Ports with an edge are at the right, in the order of where they lead; of several, those without hang below. */
function sidesOf(own, followed) {
  const unknown = [...followed.keys()].filter((port) => !own.includes(port) && port !== ON_ERROR);
  const wired = own.length === 1 ? [...own] : own.filter((port) => followed.has(port));
  if (followed.has(ON_ERROR)) wired.push(ON_ERROR);
  const height = (port) => followed.get(port) ?? -Infinity;
  const right = [...wired, ...unknown].sort((one, other) => height(one) - height(other));
  return { right, below: own.filter((port) => !right.includes(port)) };
}

function rectOf(node, facts, withState, around) {
  const fact = facts.get(node.key);
  const at = node.position ?? { x: 0, y: 0 };
  if (!isMap(node)) {
    const size = stepSize({ name: node.key, lines: fact.lines, below: fact.below, family: family(node), withState });
    return { x: at.x, y: at.y, ...size };
  }
  const outer = new Set([...around, node.key]); // maps that hold each other are shown, not walked for ever
  const inner = (node.config?.body_node_ids ?? [])
    .filter((key) => facts.has(key) && !outer.has(key))
    .map((key) => rectOf(facts.get(key).node, facts, withState, outer));
  return frameAround(inner, at, `${node.key} ${fact.lines[0]} ${node.config?.output_field ?? "results"}`);
}

/** React Flow wants a frame before what is in it. */
function inFrameOrder(doc, owners) {
  const depth = (key, seen = 0) => (owners.has(key) && seen < 20 ? 1 + depth(owners.get(key), seen + 1) : 0);
  return [...doc.nodes].sort((one, other) => depth(one.key) - depth(other.key));
}

function drawn(node, facts, owners) {
  const { rect, lines, right, below, issues, icon, anchor } = facts.get(node.key);
  const owner = facts.get(owners.get(node.key));
  const origin = owner && owner.node.key !== node.key ? owner.rect : { x: 0, y: 0 };
  const frame = isMap(node);
  return {
    id: node.key,
    type: frame ? "frame" : "step",
    position: { x: rect.x - origin.x, y: rect.y - origin.y },
    ...(owner ? { parentId: owner.node.key } : {}),
    width: rect.width,
    height: rect.height,
    ...(frame ? { zIndex: FRAMES + mapsAround(node.key, owners).length, dragHandle: ".bar" } : { zIndex: 1 }),
    ariaLabel: nodeSentence(node, lines, issues),
    data: { node, lines, right, below: hangingIn(below), issues, icon, anchor, family: family(node), ends: node.config?.ends ?? [] },
  };
}
