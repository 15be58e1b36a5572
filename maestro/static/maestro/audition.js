// The keys of an audition: J and K move, 1 2 3 say better, same, worse, Enter opens both answers.

const VERDICTS = { 1: "better", 2: "same", 3: "worse" };
let current = "";

const table = () => document.querySelector('#heard[data-keys="on"] .ms-heard');
const here = () => document.getElementById(current);

function mark(row) {
  if (!row) return;
  here()?.removeAttribute("aria-current");
  current = row.id;
  row.setAttribute("aria-current", "true");
  row.scrollIntoView({ block: "nearest" });
  row.focus({ preventScroll: true });
}

function move(by) {
  const rows = [...table().tBodies];
  const at = rows.findIndex((row) => row.id === current);
  mark(rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)]);
}

function press(key) {
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key in VERDICTS) here()?.querySelector(`button[value="${VERDICTS[key]}"]`)?.click();
  else return false;
  return true;
}

addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !table()) return;
  if (event.key === "Enter" && current && event.target.id === current) {
    const full = here().querySelector("details");
    full.open = !full.open;
    event.preventDefault();
  } else if (press(event.key.toLowerCase())) {
    event.preventDefault();
  }
});

// A judged row comes back as a new one: it stays the current one.
document.body.addEventListener("htmx:afterSettle", () => {
  if (current && here() && !here().hasAttribute("aria-current")) mark(here());
});
