// A run as it is recorded: read once, then again where something may still change, as its events come.

import { get } from "../api.js";
import { documentIn } from "../graph/document.js";
import { isPlaying, squaresOf, statesOf } from "../graph/played.js";
import { isMap } from "../graph/kinds.js";
import { laidOut } from "../graph/layout.js";
import { now, show, tell } from "../store.js";

const MOST = 10_000; // rows that are read
const WAIT = 500; // ms between two looks, however many events come
const STATUSES = ["pending", "queued", "running", "waiting", "succeeded", "failed", "cancelled", "skipped", "needs_attention"];
const KINDS = ["run", "node"].flatMap((what) => [...STATUSES, "answered", "decided", "cancel_requested", "budget_set"].map((kind) => `${what}.${kind}`));
const SETTLED = new Set(["succeeded", "failed", "skipped", "cancelled"]);

let pages = []; // {cursor, rows, next}
let timer = null;
let lastLook = 0;

/** Reads the run and its graph, then follows it to its end. */
export async function openRun(id, known) {
  const [run, graph, newest] = await Promise.all([get(`/runs/${id}`), get(`/runs/${id}/graph`), get(`/scores/${known.score.id}/graph`), readRows(id)]);
  const doc = documentIn(graph);
  show({ ...known, doc: laidOut(doc, newest, known.catalog, { withState: true }), issues: [], version: run.score_version, run: stateOf(doc, run, "") });
  if (isPlaying(run)) follow(id);
}

/** Shows all items of a map, or one. */
export function choose(path) {
  const { doc, run } = now();
  show({ run: stateOf(doc, run.told, path) });
}

function stateOf(doc, told, path) {
  const rows = pages.flatMap((page) => page.rows);
  const strips = doc.nodes.filter(isMap).map((map) => ({ map: map.key, squares: squaresOf(doc, map, rows, told) }));
  return { told, rows, path, strips, states: statesOf(doc, rows, told, path) };
}

/** Reads from the first page on which something may still change. */
async function readRows(id) {
  const at = pages.findIndex((page) => !page.next || page.rows.some((row) => !SETTLED.has(row.status)));
  const fresh = at < 0 ? [] : pages.slice(0, at);
  let cursor = at < 0 ? null : pages[at].cursor;
  do {
    const query = new URLSearchParams({ limit: 200, ...(cursor ? { cursor } : {}) });
    const page = await get(`/runs/${id}/nodes?${query}`);
    fresh.push({ cursor, rows: page.items, next: page.next_cursor });
    cursor = page.next_cursor;
  } while (cursor && fresh.length * 200 < MOST);
  if (cursor) tell(`Only the first ${MOST} records are shown; the timeline has all.`, "warn");
  pages = fresh;
}

function follow(id) {
  const source = new EventSource(`/api/v1/runs/${id}/events`);
  for (const kind of KINDS) source.addEventListener(kind, lookSoon);
  source.onerror = lookSoon; // the end of the stream, or a cut: it comes back by itself
  function lookSoon() {
    timer ??= setTimeout(look, Math.max(0, lastLook + WAIT - Date.now()));
  }
  async function look() {
    lastLook = Date.now();
    try {
      const told = await get(`/runs/${id}`);
      await readRows(id);
      const { doc, run } = now();
      show({ run: stateOf(doc, told, run.path) });
      if (!isPlaying(told)) source.close();
    } catch (failure) {
      tell(failure.message, "bad");
    }
    timer = null;
  }
}
