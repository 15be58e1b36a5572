// Where things are on the canvas: which frame holds a point, which node comes next in a direction. Pure.

import { insideOf, mapsAround, ownersOf } from "./document.js";
import { isMap } from "./kinds.js";

const middle = (rect) => ({ x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 });
const holds = (rect, { x, y }) => x >= rect.x && x <= rect.x + rect.width && y >= rect.y && y <= rect.y + rect.height;
const overlap = (one, other) =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

/** The innermost map whose frame holds the point, leaving out `but` and what is in them. */
export function frameAt(doc, facts, point, but = []) {
  const owners = ownersOf(doc);
  const left = new Set(but.flatMap((key) => [key, ...insideOf(doc, key)]));
  const found = doc.nodes.filter((node) => isMap(node) && !left.has(node.key) && holds(facts.get(node.key).rect, point));
  return found.sort((one, other) => mapsAround(other.key, owners).length - mapsAround(one.key, owners).length)[0]?.key;
}

/** In whose body a node lies after it was dropped at `rect`: it stays in its own as long as it touches the frame. */
export function ownerAfterDrop(doc, facts, key, rect) {
  const owner = ownersOf(doc).get(key);
  const inner = frameAt(doc, facts, middle(rect), [key]);
  if (owner !== undefined && inner === undefined && overlap(rect, facts.get(owner).rect)) return owner;
  return inner;
}

/** The node that an arrow key leads to: along edges to the sides, else the nearest that way. */
export function neighbour(doc, facts, key, direction) {
  const along = { ArrowRight: ["from", "to"], ArrowLeft: ["to", "from"] }[direction];
  const here = middle(facts.get(key).rect);
  const beside = along ? doc.edges.filter((edge) => edge[along[0]] === key).map((edge) => edge[along[1]]) : [];
  const candidates = (beside.length ? beside : doc.nodes.map((node) => node.key)).filter((one) => one !== key && facts.has(one));
  const scored = candidates.map((one) => [distance(here, middle(facts.get(one).rect), direction, beside.length > 0), one]);
  return scored.filter(([score]) => score < Infinity).sort(([one], [other]) => one - other)[0]?.[1];
}

function distance(from, to, direction, isJoined) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [ahead, aside] = { ArrowRight: [dx, dy], ArrowLeft: [-dx, dy], ArrowDown: [dy, dx], ArrowUp: [-dy, dx] }[direction];
  if (isJoined) return Math.abs(dx) + Math.abs(dy);
  return ahead > 4 ? ahead + 2 * Math.abs(aside) : Infinity;
}

/** A free place of this size near `at`: moved down until it lies on nothing. */
export function freePlace(facts, at, size, but = []) {
  const place = { ...at };
  const others = [...facts].filter(([key]) => !but.includes(key)).map(([, fact]) => fact);
  for (let tries = 0; tries < 50; tries++) {
    const rect = { ...place, ...size };
    const hit = others.find(({ node, rect: other }) => !isMap(node) && overlap(rect, other));
    if (!hit) break;
    place.y = hit.rect.y + hit.rect.height + 30;
  }
  return place;
}
