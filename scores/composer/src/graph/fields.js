// Which fields arrive at a node, and with which values, as far as anything is known of them.

import { findNode } from "./document.js";
import { setConfig } from "./edit.js";
import { isMap } from "./kinds.js";
import { ITEM, ON_ERROR } from "./ports.js";
import { carry } from "./transform.js";

const DEEPEST = 60; // longer chains are asked for nothing more
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** What each edge into `key` brings, in the order in which it is merged: [{edge, fields}]. */
export function arriving(doc, key, known, depth = 0) {
  return [...doc.edges]
    .sort((one, other) => (one.order ?? 0) - (other.order ?? 0))
    .filter((edge) => edge.to === key && findNode(doc, edge.from))
    .map((edge) => ({ edge, fields: carry(leaving(doc, edge, known, depth), edge.transform) }));
}

/** A node's input, its params left out: the edges merged; of a source, the run's input. */
export function inputOf(doc, key, known, depth = 0) {
  const brought = arriving(doc, key, known, depth);
  if (!brought.length) return { ...known.input };
  return Object.assign({}, ...brought.map(({ fields }) => fields));
}

/** What leaves by the edge's port: what was recorded or pinned, else what the node's schema lets expect. */
function leaving(doc, edge, known, depth) {
  const source = findNode(doc, edge.from);
  if (depth > DEEPEST) return {};
  if (isMap(source) && edge.from_port === ITEM) return itemOf(doc, source, known, depth);
  if (edge.from_port === ON_ERROR) return { error: { code: "", message: "" }, input: inputOf(doc, source.key, known, depth + 1) };
  const passes = source.subkind === "branch" || source.subkind === "parallel";
  return known.output(source) ?? (passes ? withParams(doc, source, known, depth) : {});
}

const withParams = (doc, node, known, depth) => ({ ...node.config?.params, ...inputOf(doc, node.key, known, depth + 1) });

/** The item as the body sees it: by the field's name, and an object's fields by theirs. */
function itemOf(doc, map, known, depth) {
  const given = withParams(doc, map, known, depth);
  const list = given[map.config?.items_field];
  const item = Array.isArray(list) ? list[known.index ?? 0] ?? list[0] : undefined;
  const name = map.config?.item_field || "item";
  return item === undefined ? { [name]: null } : { ...(isObject(item) ? item : {}), [name]: item };
}

/** With the list that comes to a new map as what it plays its body for: the one that arrives, where it is the only one. */
export function takeList(doc, key, known, untold) {
  const map = findNode(doc, key);
  if (!map || !isMap(map) || map.config?.items_field !== untold) return doc;
  const given = inputOf(doc, key, known);
  const lists = Object.keys(given).filter((name) => Array.isArray(given[name]));
  return untold in given || lists.length !== 1 ? doc : setConfig(doc, key, { items_field: lists[0] });
}

/** Paths of fields, `person.email` included, with their values: what a rename or a condition can name. */
export function pathsIn(fields, prefix = "", depth = 0) {
  return Object.entries(fields).flatMap(([name, value]) => {
    const path = prefix + name;
    const inner = isObject(value) && depth < 3 ? pathsIn(value, `${path}.`, depth + 1) : [];
    return [{ path, value }, ...inner];
  });
}

/** Whether these records are of a step that was tested by itself, which tell nothing of the steps before it. */
export const isOneStep = (rows, doc) => doc.nodes.length > 1 && new Set(rows.map((row) => row.node)).size < 2;
