// What a person does on the canvas: each is one step of undo, and is kept soon after.

import { edgeId, findNode, ownersOf } from "../graph/document.js";
import * as change from "../graph/edit.js";
import { freePlace } from "../graph/geometry.js";
import * as history from "../graph/history.js";
import { arrange } from "../graph/layout.js";
import { takeList } from "../graph/fields.js";
import { ITEMS, nodeFrom } from "../graph/make.js";
import { nextPort } from "../graph/ports.js";
import { facts, now, select, selectedEdges, selectedNodes, set, show, tell } from "../store.js";
import { knownOf } from "../dock/known.js";
import { keepSoon } from "./keeping.js";

const GRID = 10;
const BESIDE = 70; // how far behind a node its follower is put
const snapped = ({ x, y }) => ({ x: Math.round(x / GRID) * GRID, y: Math.round(y / GRID) * GRID });
const CLIP = "maestro.copied"; // kept by the browser, so that steps go from one score to another

/** Makes the document what `make` gives; edits with the same tag, soon after each other, are one step. */
export function edit(make, tag = "") {
  const { doc, isEditing } = now();
  const made = make(doc);
  if (!isEditing || made === doc) return;
  show({ doc: made, history: history.remember(now().history, doc, tag) });
  keepSoon();
}

const go = (way) => () => {
  const done = way(now().history, now().doc);
  if (!done || !now().isEditing) return;
  show({ doc: done.doc, history: done.history });
  keepSoon();
};
export const undo = go(history.undo);
export const redo = go(history.redo);

export function arrangeAll() {
  edit((doc) => arrange(doc, now().catalog));
  requestAnimationFrame(() => now().view?.fit());
}

/** Adds what the palette offers: on an edge, behind a port, or at a place of the canvas. Gives its key. */
export function add(offer, { at, edge, after, owner } = {}) {
  const { doc, catalog } = now();
  const where = placeFor({ at, edge, after });
  const node = nodeFrom(offer, doc, catalog, where);
  edit((before) => {
    if (edge) return listed(change.insertOnEdge(change.addNode(before, node), edge, node.key, catalog), node.key);
    const within = owner ?? (after && ownerBehind(before, after));
    const added = change.addNode(before, node, within);
    return after ? listed(change.connect(added, { ...after, to: node.key }), node.key) : given(added, node.key);
  });
  select([node.key]);
  return node.key;
}

/** A new map that is led to plays its body for the list that comes there. */
const listed = (doc, key) => takeList(doc, key, knownOf(now()), ITEMS);

const byDrop = new Set(); // edges that a drop into a frame drew: they give way to one that is drawn there

/** Leads the items of its map to a node that was dropped into a frame. */
export function given(doc, key) {
  const led = change.giveItems(doc, key);
  if (led !== doc) byDrop.add(edgeId(led.edges.at(-1)));
  return led;
}

/** Adds it where the selection says: on the selected edge, behind the selected node, else in the middle. */
export function addBySelection(offer, port) {
  const { doc, catalog, view } = now();
  const [key] = selectedNodes();
  const [edge] = selectedEdges();
  const node = key && findNode(doc, key);
  const more = node ? { after: { from: key, from_port: port ?? nextPort(doc, node, catalog) } } : edge ? { edge } : { at: view?.centre() };
  const made = add(offer, more);
  requestAnimationFrame(() => now().view?.reveal(made));
  return made;
}

function ownerBehind(doc, { from, from_port }) {
  const source = findNode(doc, from);
  return source?.subkind === "map_over" && from_port === "item" ? from : ownersOf(doc).get(from);
}

function placeFor({ at, edge, after }) {
  const known = facts();
  const size = { width: 150, height: 50 };
  if (at) return snapped(at);
  if (edge) {
    const [from, to] = now().doc.edges.filter((one) => edgeId(one) === edge).flatMap((one) => [known.get(one.from).rect, known.get(one.to).rect]);
    const x = (from.x + from.width + to.x) / 2 - size.width / 2;
    return snapped(freePlace(known, { x, y: (from.y + to.y) / 2 }, size));
  }
  if (after) {
    const { rect, node } = known.get(after.from);
    const inside = node.subkind === "map_over" && after.from_port === "item";
    const beside = inside ? { x: rect.x + 60, y: rect.y + 50 } : { x: rect.x + rect.width + BESIDE, y: rect.y };
    return snapped(freePlace(known, beside, size));
  }
  return { x: 0, y: 0 };
}

/** Joins two nodes, or says why not. */
export function join({ from, from_port, to }) {
  const why = change.whyNot(now().doc, { from, from_port, to });
  if (why) return tell(why, "warn");
  edit((doc) => {
    const items = change.onlyItems(doc, to);
    const gives = items && byDrop.has(edgeId(items)) && items.from !== from && !change.leadsTo(doc, to, from);
    if (gives) tell(`${to} is given what ${from} leads there now, no longer each item; draw that edge again to give both.`);
    return listed(change.connect(gives ? change.removeEdges(doc, [edgeId(items)]) : doc, { from, from_port, to }), to);
  });
}

export function removeSelected() {
  const [keys, ids] = [selectedNodes(), selectedEdges()];
  if (!keys.length && !ids.length) return;
  const next = neighbourOf(now().doc, keys, ids);
  edit((doc) => change.removeNodes(change.removeEdges(doc, ids), keys));
  select(next ? [next] : []);
  if (next) requestAnimationFrame(() => focusOn(next));
}

/** Where one goes on after something was taken away: what led there, else what followed. */
function neighbourOf(doc, keys, ids) {
  const gone = doc.edges.filter((edge) => ids.includes(edgeId(edge)) || keys.includes(edge.to) || keys.includes(edge.from));
  const left = (key) => !keys.includes(key);
  return gone.map((edge) => edge.from).find(left) ?? gone.map((edge) => edge.to).find(left);
}

/** Puts the keyboard where a step or an edge is drawn. */
export const focusOn = (id) => document.querySelector(`:is(.react-flow__node, .react-flow__edge)[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });

export function copySelected() {
  const keys = selectedNodes();
  if (!keys.length) return;
  const clip = change.copyOf(now().doc, keys);
  localStorage.setItem(CLIP, JSON.stringify(clip));
  tell(`Copied ${clip.nodes.length === 1 ? keys[0] : `${clip.nodes.length} steps`}.`);
}

export function cutSelected() {
  copySelected();
  removeSelected();
}

export function pasteCopied(copy = JSON.parse(localStorage.getItem(CLIP) ?? "null")) {
  if (!copy) return;
  const owner = ownersOf(now().doc).get(copy.nodes[0]?.key);
  let keys = [];
  edit((doc) => {
    const pasted = change.paste(doc, copy, { x: 40, y: 60 }, owner);
    keys = pasted.keys;
    return pasted.doc;
  });
  select(keys);
}

export const duplicateSelected = () => selectedNodes().length && pasteCopied(change.copyOf(now().doc, selectedNodes()));

export const selectAll = () => select(now().doc.nodes.map((node) => node.key));

export const nudge = (dx, dy) =>
  edit((doc) => {
    const places = selectedNodes().map((key) => {
      const { x, y } = findNode(doc, key).position ?? { x: 0, y: 0 };
      return [key, { x: x + dx * GRID, y: y + dy * GRID }];
    });
    return change.moveTo(doc, new Map(places));
  }, "nudge");

export const pointAt = (target) => now().target !== target && set({ target });
