// What a run's records say of each node, for all items or for one. Pure.

import { insideOf, mapsAround, ownersOf } from "./document.js";
import { inputOf } from "./fields.js";
import { isMap } from "./kinds.js";
import { duration, money } from "../ui/numbers.js";

const TONES = { succeeded: "ok", failed: "failed", needs_attention: "failed", running: "running", waiting: "waiting" };
export const isPlaying = (run) => ["queued", "running", "waiting"].includes(run.status);

/** Of each node and iteration the last attempt, tool calls left out: key -> iteration -> row. */
export function latestOf(rows) {
  const latest = new Map();
  for (const row of rows) {
    if (row.call !== 0) continue;
    if (!latest.has(row.node)) latest.set(row.node, new Map());
    const known = latest.get(row.node).get(row.iteration);
    if (!known || known.attempt <= row.attempt) latest.get(row.node).set(row.iteration, row);
  }
  return latest;
}

/** Whether a row belongs to an item: `each:3` holds `each:3`, `each:3/other:1` and `each:3#2`. */
export const isOf = (row, path) => path === "" || row.iteration === path || row.iteration.startsWith(`${path}/`) || row.iteration.startsWith(`${path}#`);

/** By key what a node did: {status, text, parts: [[tone, count]], of, rows}; `path` narrows bodies to one item. */
export function statesOf(doc, rows, run, path = "") {
  const latest = latestOf(rows);
  const owners = ownersOf(doc);
  const map = path && mapOf(path);
  const items = itemsOf(doc, latest, run);
  const states = new Map();
  for (const node of doc.nodes) {
    const around = mapsAround(node.key, owners);
    const all = [...(latest.get(node.key)?.values() ?? [])];
    const isNarrowed = map && around.includes(map);
    const own = isNarrowed ? all.filter((row) => isOf(row, path)) : all;
    const of = isNarrowed && around[0] === map ? 1 : around.length ? Math.max(own.length, items.get(around[0]) ?? 0) : 1;
    const waits = !own.length && isPlaying(run) && isNext(doc, node, latest, around, path);
    states.set(node.key, around.length && of !== 1 ? many(own, of, run, waits) : single(own.at(-1), run, waits));
  }
  for (const node of doc.nodes.filter(isMap)) tellOfMap(doc, node, rows, run, states.get(node.key), items.get(node.key));
  return states;
}

const mapOf = (path) => path.split("/").at(-1).split(/[:#]/)[0];

/** How many items each map at the top level has, as far as it is known. */
function itemsOf(doc, latest, run) {
  const known = { input: run.input ?? {}, output: (node) => [...(latest.get(node.key)?.values() ?? [])][0]?.output };
  const owners = ownersOf(doc);
  const items = new Map();
  for (const map of doc.nodes.filter(isMap)) {
    const seen = new Set();
    for (const key of insideOf(doc, map.key))
      for (const iteration of latest.get(key)?.keys() ?? []) {
        const at = iteration.split("/").findIndex((part) => part.startsWith(`${map.key}:`));
        if (at >= 0) seen.add(iteration.split("/").slice(0, at + 1).join("/").split("#")[0]);
      }
    const list = owners.has(map.key) ? null : { ...map.config?.params, ...inputOf(doc, map.key, known) }[map.config?.items_field];
    items.set(map.key, Math.max(seen.size, Array.isArray(list) ? list.length : 0));
  }
  return items;
}

/** Whether all that it waits for has settled: then it is being played, though nothing is recorded yet. */
function isNext(doc, node, latest, around, path) {
  const into = doc.edges.filter((edge) => edge.to === node.key);
  if (!into.length) return true;
  return into.every((edge) => {
    if (edge.from === around[0]) return isNext(doc, doc.nodes.find((one) => one.key === edge.from), latest, around.slice(1), "");
    return [...(latest.get(edge.from)?.values() ?? [])].some((row) => isOf(row, path) && !["running", "waiting"].includes(row.status));
  });
}

function single(row, run, waits) {
  if (!row) return waits ? { status: "running", text: "running", parts: [["running", 1]], of: 1, rows: [] } : { status: "pending", text: isPlaying(run) ? "pending" : "not played", parts: [], of: 1, rows: [] };
  const took = row.started_at && row.finished_at ? duration(Date.parse(row.finished_at) - Date.parse(row.started_at)) : "";
  const cost = row.cost_microdollars ? money(row.cost_microdollars) : "";
  const port = row.port && !["success", "*"].includes(row.port) ? row.port : "";
  const text = row.status === "succeeded" ? [port, took, cost].filter(Boolean).join(", ") || (row.finished_at ? "" : "taken over") : row.error?.code?.replaceAll("_", " ") || row.status.replaceAll("_", " ");
  return { status: row.status, text, parts: TONES[row.status] ? [[TONES[row.status], 1]] : [], of: 1, rows: [row] };
}

function many(rows, of, run, waits) {
  const count = (...names) => rows.filter((row) => names.includes(row.status)).length;
  const [ok, bad, skipped, live] = [count("succeeded"), count("failed", "needs_attention"), count("skipped", "cancelled"), count("running", "waiting")];
  const done = ok + bad + skipped;
  const goesOn = isPlaying(run) && (waits || live > 0 || (done > 0 && done < of));
  const status = bad ? "failed" : goesOn ? "running" : ok ? "succeeded" : skipped ? "skipped" : "pending";
  const text = bad ? `${ok}, ${bad} failed` : goesOn ? `${done} of ${of}` : skipped && ok ? `${ok}, ${skipped} skipped` : skipped ? `${skipped} skipped` : ok ? `${ok} of ${of}` : isPlaying(run) ? "pending" : "not played";
  return { status, text, parts: [["ok", ok], ["failed", bad], ["running", live || (goesOn && !rows.length ? 1 : 0)]].filter(([, n]) => n), of, rows }; // prettier-ignore
}

function tellOfMap(doc, map, rows, run, state, items) {
  const squares = squaresOf(doc, map, rows, run);
  const count = (tone) => squares.filter((square) => square.tone === tone).length;
  const [ok, bad, live] = [count("ok"), count("failed"), count("running")];
  const told = [[ok, "succeeded"], [bad, "failed"], [count("ended"), "ended"], [live, "in flight"]].filter(([n]) => n).map(([n, word]) => `${n} ${word}`); // prettier-ignore
  state.text = told.join(", ") || (items ? `${items} items` : state.text);
  if (bad && state.status === "succeeded") state.status = "failed";
}

/** The items of a map in order: [{path, label, tone: ok | failed | running | ended}]. */
export function squaresOf(doc, map, rows, run) {
  const inside = new Set(insideOf(doc, map.key));
  const body = (map.config?.body_node_ids ?? []).length;
  const items = new Map();
  for (const [key, byIteration] of latestOf(rows)) {
    if (!inside.has(key)) continue;
    for (const row of byIteration.values()) {
      const parts = row.iteration.split("/");
      const at = parts.findIndex((part) => part.startsWith(`${map.key}:`));
      if (at < 0) continue;
      const path = parts.slice(0, at + 1).join("/").split("#")[0];
      if (!items.has(path)) items.set(path, []);
      items.get(path).push(row);
    }
  }
  const isOver = !isPlaying(run) || rows.some((row) => row.node === map.key && row.status !== "running" && row.status !== "waiting");
  const numbers = (path) => path.split("/").map((part) => Number(part.split(":")[1]));
  return [...items]
    .map(([path, own]) => ({ path, label: numbers(path).join("·"), tone: toneOf(own, body, isOver) }))
    .sort((one, other) => inOrder(numbers(one.path), numbers(other.path)));
}

function toneOf(rows, body, isOver) {
  if (rows.some((row) => row.status === "failed" || row.status === "needs_attention")) return "failed";
  if (!isOver && rows.filter((row) => row.status !== "running" && row.status !== "waiting").length < body) return "running";
  return rows.some((row) => row.status === "skipped") && rows.filter((row) => row.status === "succeeded").length < body / 2 ? "ended" : "ok";
}

const inOrder = (one, other) => {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at < 0 ? one.length - other.length : one[at] - (other[at] ?? -1);
};

/** Rows of a node by status: [{status, count, p50, cost}], the troubled first. */
export function byStatus(rows) {
  const order = ["failed", "needs_attention", "waiting", "running", "succeeded", "skipped", "cancelled"];
  return order
    .map((status) => ({ status, rows: rows.filter((row) => row.status === status).sort(byNumbers) }))
    .filter((group) => group.rows.length)
    .map((group) => ({ ...group, p50: median(group.rows), cost: group.rows.reduce((sum, row) => sum + row.cost_microdollars, 0) }));
}

const byNumbers = (one, other) => one.iteration.localeCompare(other.iteration, "en", { numeric: true }) || one.attempt - other.attempt;

function median(rows) {
  const times = rows.filter((row) => row.started_at && row.finished_at).map((row) => Date.parse(row.finished_at) - Date.parse(row.started_at));
  return times.sort((one, other) => one - other)[Math.floor(times.length / 2)];
}

/** Which of a long row are shown: `most` from about `wanted` on, {from, to}. */
export function around(length, wanted, most) {
  const from = Math.max(0, Math.min(Math.round(wanted), length - most));
  return { from, to: Math.min(length, from + most) };
}
