// Keeps the draft while people work, and makes it the next version when they say so.

import { call, get, Refused } from "../api.js";
import { documentIn } from "../graph/document.js";
import { NO_HISTORY } from "../graph/history.js";
import { now, open, set, show, tell } from "../store.js";

const WAIT = 500; // ms after the last change
const AGAIN = 5000; // after a failure that was nobody's refusal
let timer = null;
let underway = null;

const path = (end) => `/scores/${now().score.id}/${end}`;
const told = (change) => set(({ draft }) => ({ draft: { ...draft, ...change } }));

/** Keeps the draft a moment later. */
export function keepSoon(wait = WAIT) {
  told({ state: "waiting" });
  clearTimeout(timer);
  timer = setTimeout(keep, wait);
}

/** Keeps it now; resolves when what is shown is kept, with whether it is. */
export async function keep() {
  clearTimeout(timer);
  timer = null;
  while (underway) await underway; // one at a time: a second one would be refused as somebody else's
  if (now().draft.state === "kept") return true;
  underway = put(now().doc).finally(() => (underway = null));
  return underway;
}

async function put(doc) {
  told({ state: "keeping" });
  const { version, draft } = now();
  try {
    const { body, etag } = await call("PUT", path("draft"), { base_version: version, ...doc }, { "If-Match": draft.etag });
    const isNewest = now().doc === doc;
    told({ etag, savedAt: body.saved_at, author: body.author, state: isNewest ? "kept" : "waiting", message: "" });
    if (isNewest) show({ issues: body.issues });
    return true;
  } catch (refusal) {
    failed(refusal);
    return false;
  }
}

function failed(refusal) {
  told({ state: "failed", message: refusal.message });
  if (refusal.status === 412) return openConflict();
  if (refusal.status === 0 || refusal.status >= 500) keepSoon(AGAIN);
}

/** Somebody else was faster: shows what they did, and lets the person choose. */
async function openConflict() {
  const { body, etag } = await call("GET", path("draft"));
  open("conflict", { theirs: body, etag });
}

/** Work on from theirs; what was here is one undo away. */
export async function takeTheirs({ theirs, etag }) {
  const { doc, history } = now();
  const graph = theirs.saved_at ? await get(path("graph")) : theirs;
  show({
    doc: documentIn(theirs),
    saved: documentIn(graph),
    version: theirs.base_version,
    issues: theirs.issues,
    history: { ...history, past: [...history.past, doc], future: [] },
    draft: { etag, savedAt: theirs.saved_at, author: theirs.author, state: "kept" },
  });
}

/** Keep what is here in place of theirs. */
export async function keepMine({ theirs, etag }) {
  set({ version: theirs.base_version });
  told({ etag });
  keepSoon(0);
}

/** Makes the document the next version. Refused with what is wrong, or opens the conflict. */
export async function save(message) {
  await keep();
  const { doc, version } = now();
  try {
    const { body } = await call("PUT", path("graph"), { message, ...doc }, { "If-Match": `"${version}"` });
    const draft = await call("GET", path("draft"));
    show({
      doc,
      saved: doc,
      version: body.version,
      issues: body.warnings,
      draft: { etag: draft.etag, savedAt: null, author: "", state: "kept" },
    });
    tell(body.version === version ? "Saved. Only places changed, so the version stays." : `Saved as version ${body.version}. The next run plays it.`, "good");
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    if (refusal.status === 412) return openConflict();
    if (refusal.details.errors) show({ issues: refusal.details.errors });
    throw refusal;
  }
}

/** Back to the newest version; undo brings the draft back. */
export async function dropDraft() {
  await keep();
  const { draft, doc, saved, history } = now();
  await call("DELETE", path("draft"), undefined, { "If-Match": draft.etag });
  const fresh = await call("GET", path("draft"));
  show({
    doc: saved,
    issues: fresh.body.issues,
    history: { ...NO_HISTORY, past: [...history.past, doc] },
    draft: { etag: fresh.etag, savedAt: null, author: "", state: "kept" },
  });
}

/** What is not kept yet when the page is left is sent on the way out. */
addEventListener("pagehide", () => {
  if (timer !== null && now().draft?.state === "waiting") keep();
});
addEventListener("beforeunload", (event) => {
  if (now().draft?.state === "failed") event.preventDefault();
});
