// From the document to what is drawn: React Flow's nodes and edges. The document knows nothing of them.

import { edgeId, mapsAround, ownersOf } from "./document.js";
import { family, iconOf, isMap } from "./kinds.js";
import { ON_ERROR, ownPorts, SUCCESS } from "./ports.js";
import { frameAround, stepSize } from "./sizes.js";
import { edgeKind, edgeSentence, linesOf, nodeSentence } from "./words.js";

const NO_ISSUES = [];
const FRAMES = -100; // below the edges, which are at 0; an inner frame above its outer one

/** {nodes, edges} for React Flow. Positions of the document are absolute, those of React Flow within the frame. */
export function fromDoc(doc, catalog, { issues = NO_ISSUES, withState = false } = {}) {
  const facts = factsOf(doc, catalog, issues, withState);
  const owners = ownersOf(doc);
  return {
    nodes: inFrameOrder(doc, owners).map((node) => drawn(node, facts, owners)),
    edges: doc.edges.map((edge) => wire(edge, facts, namesAt(doc, edge), issuesOf(edge, issues))).filter(Boolean),
  };
}

/** By key: {node, lines, right, below, rect}; `rect` is absolute, of a map around all that is in it. */
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
  return facts;
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
  const { rect, lines, right, below, issues, icon } = facts.get(node.key);
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
    data: { node, lines, right, below, issues, icon, family: family(node), ends: node.config?.ends ?? [] },
  };
}

/** Where the port's name stands: `middle` of its only edge; of several, `begin` of the first alone. */
function namesAt(doc, edge) {
  const beside = doc.edges.filter((one) => one.from === edge.from && one.from_port === edge.from_port);
  if (beside.length < 2) return "middle";
  return beside[0] === edge ? "begin" : "";
}

const issuesOf = (edge, issues) => issues.filter((issue) => issue.edge && edgeId(issue.edge) === edgeId(edge));

function wire(edge, facts, namedAt, issues) {
  const source = facts.get(edge.from);
  const target = facts.get(edge.to);
  if (!source || !target) return null;
  const kind = edgeKind(edge, source.node);
  const isBack = target.rect.x + target.rect.width / 2 < source.rect.x && kind !== "item";
  return {
    id: edgeId(edge),
    type: "wire",
    source: edge.from,
    target: edge.to,
    sourceHandle: edge.from_port ?? SUCCESS,
    targetHandle: "default",
    ariaLabel: [edgeSentence(edge), ...issues.map((issue) => `${issue.level}: ${issue.message}`)].join(". "),
    data: { kind, name: kind === "port" && namedAt ? edge.from_port : "", namedAt, transform: edge.transform, isBack, issues },
    markerEnd: { type: "arrowclosed", width: 14, height: 14, color: kind === "port" ? "var(--ms-brass-line)" : "var(--ms-det-line)" },
  };
}
