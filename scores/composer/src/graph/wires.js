// Edges as they are drawn: of which kind, where their names and marks stand, and which way they take around nodes.

import { edgeId, mapsAround } from "./document.js";
import { isMap } from "./kinds.js";
import { ON_ERROR, SUCCESS } from "./ports.js";
import { laneBack, wayBetween } from "./route.js";
import { HANGING } from "./sizes.js";
import { edgeKind, edgeSentence } from "./words.js";

const NAME = 19; // px from one name of a port to the next

let known = { sign: "", ways: new Map() };

/** React Flow's edges; those with an end that is not there are left out. */
export function wiresOf(doc, facts, owners, issues) {
  const ways = waysOf(doc, facts, owners);
  const renamed = new Map();
  const drawn = [];
  for (const edge of doc.edges) {
    if (!facts.has(edge.from) || !facts.has(edge.to)) continue;
    const nth = renamed.get(edge.to) ?? 0;
    if (edge.transform) renamed.set(edge.to, nth + 1);
    drawn.push(wire(edge, facts, ways.get(edgeId(edge)), { namedAt: namesAt(doc, edge), nth, issues: issuesOf(edge, issues) }));
  }
  return drawn;
}

function wire(edge, facts, way, { namedAt, nth, issues }) {
  const kind = edgeKind(edge, facts.get(edge.from).node);
  const name = kind === "port" && namedAt ? edge.from_port : "";
  return {
    id: edgeId(edge),
    type: "wire",
    source: edge.from,
    target: edge.to,
    sourceHandle: edge.from_port ?? SUCCESS,
    targetHandle: "default",
    ariaLabel: [edgeSentence(edge), ...issues.map((issue) => `${issue.level}: ${issue.message}`)].join(". "),
    data: { kind, name, namedAt, raised: name ? raisedBy(edge, facts.get(edge.from)) : 0, transform: edge.transform, nth, issues, ...way },
    markerEnd: { type: "arrowclosed", width: 14, height: 14, color: kind === "port" ? "var(--ms-brass-line)" : "var(--ms-det-line)" },
  };
}

/** Where the port's name stands: `middle` of its only edge; of several, `begin` of the first alone. */
function namesAt(doc, edge) {
  const beside = doc.edges.filter((one) => one.from === edge.from && one.from_port === edge.from_port);
  if (beside.length < 2) return "middle";
  return beside[0] === edge ? "begin" : "";
}

/** How far the name of a port stands from the port's own height, so that it does not lie on the next one's. */
function raisedBy(edge, { right, rect }) {
  const lacks = Math.max(0, NAME - rect.height / (right.length + 1));
  return lacks * (right.indexOf(edge.from_port) - (right.length - 1) / 2);
}

const issuesOf = (edge, issues) => issues.filter((issue) => issue.edge && edgeId(issue.edge) === edgeId(edge));

/** By edge {ends, way, lane}: reckoned again only when something has moved. */
function waysOf(doc, facts, owners) {
  const places = [...facts].map(([key, { rect, right }]) => [key, rect.x, rect.y, rect.width, rect.height, right.join(), owners.get(key)].join());
  const sign = [...places, ...doc.edges.map(edgeId)].join(";");
  if (known.sign !== sign) known = { sign, ways: reckoned(doc, facts, owners) };
  return known.ways;
}

/** Short edges first: the long ones find room beside them. */
function reckoned(doc, facts, owners) {
  const drawn = doc.edges.filter((edge) => facts.has(edge.from) && facts.has(edge.to)).map((edge) => ({ edge, ends: endsOf(edge, facts) }));
  const boxes = [...facts].map(([key, { rect, below }]) => ({ ...rect, key, owner: owners.get(key), height: rect.height + (below.length ? HANGING : 0) }));
  const ways = new Map();
  const taken = []; // by ways of edges before: {x1, x2, y, from}; those of one source may lie on each other
  for (const { edge, ends } of drawn.sort((one, other) => one.ends.tx - one.ends.sx - (other.ends.tx - other.ends.sx))) {
    const { from } = edge;
    const isBack = ends.tx < ends.sx + 8;
    const [left, right] = isBack ? [ends.tx - 30, ends.sx + 30] : [ends.sx, ends.tx];
    const between = obstaclesOf(edge, boxes.filter((one) => one.x < right && one.x + one.width > left), owners, isBack);
    const beside = taken.filter((one) => one.x1 < right && one.x2 > left && one.from !== from);
    if (isBack) {
      const lane = laneBack(ends, between, beside);
      taken.push({ x1: left, x2: right, y: lane, from });
      ways.set(edgeId(edge), { ends, lane });
    } else {
      const way = wayBetween(ends, between, beside);
      for (const part of way) taken.push({ ...part, from });
      ways.set(edgeId(edge), { ends, way });
    }
  }
  return ways;
}

/** Where an edge begins and ends, as the handles stand. */
function endsOf(edge, facts) {
  const [source, target] = [facts.get(edge.from), facts.get(edge.to)];
  const isItem = isMap(source.node) && edge.from_port === "item";
  const at = source.right.indexOf(edge.from_port ?? SUCCESS);
  const share = isMap(source.node) ? source.anchor : (source.rect.height * (Math.max(at, 0) + 1)) / (Math.max(source.right.length, 1) + 1);
  const hangs = at < 0 && edge.from_port === ON_ERROR;
  return {
    sx: source.rect.x + (isItem ? 16 : source.rect.width),
    sy: source.rect.y + (hangs ? source.rect.height : share),
    tx: target.rect.x,
    ty: target.rect.y + target.anchor,
  };
}

/** What may be in an edge's way: the nodes beside its ends, in each scope that it runs through; of one that leads back the ends, too. */
function obstaclesOf(edge, boxes, owners, isBack) {
  const around = [...mapsAround(edge.to, owners), undefined];
  const outside = [edge.from, ...mapsAround(edge.from, owners), undefined];
  const scopes = around.slice(0, around.findIndex((map) => outside.includes(map)) + 1);
  const isEnd = (key) => key === edge.from || key === edge.to;
  return boxes.filter(({ key, owner }) => scopes.includes(owner) && !around.includes(key) && (isBack || !isEnd(key)));
}
