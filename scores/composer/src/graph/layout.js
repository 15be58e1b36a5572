// Arranges a document from left to right. A map and its body are one box: the body is laid out first.

import dagre from "@dagrejs/dagre";

import { bodyOf, ownersOf } from "./document.js";
import { factsOf } from "./flow.js";
import { edgeKind } from "./words.js";
import { inRows, straighten } from "./rows.js";
import { FRAME, frameAround, HANGING } from "./sizes.js";

const GAPS = { rankdir: "LR", nodesep: 36, ranksep: 40, edgesep: 18, marginx: 0, marginy: 0 };
const TALLER = 1.22; // of what a step takes in a run, with what stands in it of its state
const LABEL = 150; // px, the widest name of a port on an edge

/** The document with new positions for all nodes. */
export function arrange(doc, catalog, options = {}) {
  const facts = factsOf(doc, catalog, [], options.withState);
  const owners = ownersOf(doc);
  const placed = new Map();
  layScope(undefined, { x: 0, y: 0 }, { doc, facts, owners, placed, layouts: new Map() });
  return { ...doc, nodes: doc.nodes.map((node) => ({ ...node, position: placed.get(node.key) ?? node.position })) };
}

/** Whether nobody has arranged it yet: its nodes lie on top of each other. */
export function isHeap(doc) {
  const places = new Set(doc.nodes.map(({ position }) => `${position?.x ?? 0} ${position?.y ?? 0}`));
  return doc.nodes.length > 1 && places.size === 1;
}

/** What is only looked at: laid out as the score is now, while it has all of these steps; else as it was saved, unless they lie on each other. */
export function laidOut(doc, newest, catalog, options = {}) {
  const now = new Map(newest.nodes.map(({ key, position }) => [key, position]));
  const isKnown = doc.nodes.every(({ key }) => now.has(key));
  const placed = isKnown ? { ...doc, nodes: doc.nodes.map((node) => ({ ...node, position: now.get(node.key) })) } : doc;
  if (isMuddled(placed, catalog)) return arrange(doc, catalog, options);
  return options.withState ? stretched(placed) : placed;
}

/** Further apart in height, as far as steps are taller in a run. */
const stretched = (doc) => ({ ...doc, nodes: doc.nodes.map((node) => ({ ...node, position: taller(node.position) })) });
const taller = ({ x, y } = { x: 0, y: 0 }) => ({ x, y: Math.round(y * TALLER) });

function isMuddled(doc, catalog) {
  const rects = [...factsOf(doc, catalog).values()].filter(({ node }) => !bodyOf(node).length).map(({ rect }) => rect);
  const isOn = (one, other) => one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
  return rects.some((one, at) => rects.slice(at + 1).some((other) => isOn(one, other)));
}

function layScope(owner, origin, state) {
  const layout = layoutOf(owner, state);
  for (const [key, at] of layout.places) {
    const place = { x: Math.round(origin.x + at.x), y: Math.round(origin.y + at.y) };
    state.placed.set(key, place);
    const body = bodyOf(state.facts.get(key).node);
    if (body.length) layScope(key, { x: place.x + FRAME.left, y: place.y + FRAME.top }, state);
  }
}

/** {places: key -> top left within the scope, width, height}; a map's inner layout is made once. */
function layoutOf(owner, state) {
  const known = state.layouts.get(owner);
  if (known) return known;
  state.layouts.set(owner, { places: new Map(), width: 0, height: 0 }); // maps that hold each other end here
  const graph = new dagre.graphlib.Graph().setGraph({ ...GAPS }).setDefaultEdgeLabel(() => ({}));
  const members = state.doc.nodes.filter((node) => state.owners.get(node.key) === owner && node.key !== owner);
  for (const node of members) graph.setNode(node.key, boxOf(node, state));
  for (const edge of state.doc.edges) {
    const from = lifted(edge.from, owner, state.owners);
    const to = lifted(edge.to, owner, state.owners);
    if (graph.hasNode(from) && graph.hasNode(to) && from !== to) graph.setEdge(from, to, labelOf(edge, state));
  }
  dagre.layout(graph);
  const layout = read(graph, members, owner, state);
  state.layouts.set(owner, layout);
  return layout;
}

function boxOf(node, state) {
  const { rect, below } = state.facts.get(node.key);
  if (!bodyOf(node).length) return { width: rect.width, height: rect.height + (below.length ? HANGING : 0) };
  const inner = layoutOf(node.key, state);
  const title = `${node.key} ${state.facts.get(node.key).lines[0]} results`;
  const frame = frameAround([{ x: 0, y: 0, width: inner.width, height: inner.height }], rect, title);
  return { width: frame.width, height: frame.height };
}

/** The node of this scope that holds `key`, or is it. */
function lifted(key, owner, owners) {
  for (let steps = 0; steps < 20 && owners.get(key) !== owner && owners.has(key); steps++) key = owners.get(key);
  return key;
}

function labelOf(edge, state) {
  const kind = edgeKind(edge, state.facts.get(edge.from)?.node);
  const width = kind === "port" ? Math.min(LABEL, edge.from_port.length * 7 + 12) : edge.transform ? 20 : 0;
  return width ? { width, height: 18, labelpos: "c" } : {};
}

/** What dagre found, straightened; the whole score in rows when it is too long for one. */
function read(graph, members, owner, state) {
  const boxes = members.map(({ key }) => {
    const { x, y, width, height } = graph.node(key);
    const hangs = state.facts.get(key).below.length ? HANGING : 0;
    return { key, x: x - width / 2, y: y - height / 2, width, height, hangs, anchor: anchorOf(key, height - hangs, state) };
  });
  const joins = graph.edges().map(({ v, w }) => [v, w]);
  straighten(boxes, joins);
  if (owner === undefined) inRows(boxes, joins);
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  const places = new Map(boxes.map((box) => [box.key, { x: box.x - left, y: box.y - top }]));
  const width = Math.max(0, ...boxes.map((box) => box.x + box.width - left));
  const height = Math.max(0, ...boxes.map((box) => box.y + box.height - box.hangs - top));
  return { places, width, height };
}

/** How far below its top a box is entered: of a map, level with the first node that gets its items. */
function anchorOf(key, height, state) {
  const node = state.facts.get(key).node;
  const inner = bodyOf(node).length ? layoutOf(key, state).places : new Map();
  const given = state.doc.edges.filter((edge) => edge.from === key && inner.has(edge.to) && edgeKind(edge, node) === "item").map((edge) => edge.to);
  if (!given.length) return height / 2;
  const first = given.reduce((one, other) => (inner.get(other).x < inner.get(one).x ? other : one));
  return FRAME.top + inner.get(first).y + state.facts.get(first).rect.height / 2;
}
