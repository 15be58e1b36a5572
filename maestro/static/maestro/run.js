// Keeps the page of a running run up to date: its events say that there is news, the parts come as HTML.

const WAIT = 700; // ms between two refreshes, however many events come
const RETRY = 5000;
let source = null;
let timer = null;
let lastRefresh = 0;

const page = () => document.getElementById("run");

function watch() {
  const run = page();
  source?.close();
  if (!run?.dataset.stream) return;
  source = new EventSource(`${run.dataset.stream}?after=${run.dataset.after}`);
  source.onmessage = refreshSoon;
  source.addEventListener("words", (event) => showWords(JSON.parse(event.data)));
  source.addEventListener("end", () => {
    source.close();
    refreshSoon();
  });
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return; // it comes back by itself
    setTimeout(() => { refreshSoon(); watch(); }, RETRY);
  };
}

// What a model is saying, in the pane of its node: kept here, because a refresh makes the pane anew.
const words = new Map();

function showWords(said) {
  words.set(`${said.node} ${said.iteration}`, said.text);
  fillWords();
}

function fillWords() {
  const place = document.getElementById("run-words");
  const text = place && words.get(place.dataset.place);
  if (!text) return;
  place.hidden = false;
  place.querySelector("pre").textContent = text;
}

function refreshSoon() {
  timer ??= setTimeout(refresh, Math.max(0, lastRefresh + WAIT - Date.now()));
}

async function refresh() {
  timer = null;
  lastRefresh = Date.now();
  const asked = location.href;
  const fresh = (await read(asked, { "HX-Request": "true" }))?.getElementById("run");
  if (!fresh) return;
  if (location.href !== asked) return refreshSoon(); // a click went elsewhere meanwhile
  replace("run-head", fresh);
  replace("run-timeline", fresh);
  if (!document.getElementById("run-pane")?.dataset.final) replace("run-pane", fresh);
  fillWords();
  if (!fresh.dataset.stream) showEnd();
}

// The page has other buttons then. It is not loaded anew, for a click may be under way.
async function showEnd() {
  source?.close();
  const whole = await read(location.href);
  if (whole) replace("run-actions", whole);
}

// The page at this address; null when it cannot be had just now.
async function read(address, headers = {}) {
  const answer = await fetch(address, { headers }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function replace(id, fresh) {
  const old = document.getElementById(id);
  const part = fresh.querySelector(`#${id}`);
  if (!old || !part || old.outerHTML === part.outerHTML) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(part);
  htmx.process(part);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

watch();
// A click swapped the whole run: watch on from what the new one has.
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.id === "run" || event.detail.target?.id === "run") { watch(); fillWords(); }
});
addEventListener("pagehide", () => source?.close());
