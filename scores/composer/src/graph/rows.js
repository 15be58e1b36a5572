// What is done to boxes that are laid out from left to right: small steps made straight, long scores put in rows. Pure.

const NEAR = 60; // px of a step between two joined boxes that is not worth a bend
const APART = 26; // px kept between boxes
const ROW_GAP = 74; // px between rows, with the edges that lead from one to the next
const SHEET = { width: 1036, height: 640 }; // px of canvas at 1280 x 800
const READABLE = 0.82; // a zoom from which one row will do
const SMALLEST = 0.55; // a zoom at which a score is not shown whole (canvas/view.jsx)
const WORTH = 1.2; // how much larger rows must be seen than one row
const MOST_ACROSS = 2; // edges from one row to another

const overlaps = (box, y, other) => box.x < other.x + other.width + APART && other.x < box.x + box.width + APART && y < other.y + other.height + APART && other.y < y + box.height + APART;

/** Level with what leads to it, where there is room: boxes {key, x, y, width, height, anchor} are moved. */
export function straighten(boxes, joins) {
  const by = new Map(boxes.map((box) => [box.key, box]));
  const into = new Map();
  for (const [from, to] of joins) into.set(to, [...(into.get(to) ?? []), by.get(from)]);
  for (const box of [...boxes].sort((one, other) => one.x - other.x)) {
    const steps = (into.get(box.key) ?? []).filter((one) => one.x < box.x).map((one) => one.y + one.anchor - box.y - box.anchor);
    const step = steps.sort((one, other) => Math.abs(one) - Math.abs(other))[0];
    if (!step || Math.abs(step) > NEAR) continue;
    if (boxes.every((other) => other === box || !overlaps(box, box.y + step, other))) box.y += step;
  }
}

/** Puts the boxes into as few rows as can be read, when one is too long; what needs more than fit goes on downwards. */
export function inRows(boxes, joins) {
  const blocks = blocksOf(boxes);
  if (!boxes.length || zoomOf([boxes]) >= READABLE || SHEET.width / widthOf(boxes) >= READABLE) return;
  let best = [boxes];
  for (let count = 2; count <= Math.min(blocks.length, 12) && zoomOf(best) < READABLE; count++) {
    const rows = parted(blocks, count);
    if (zoomOf(rows) > zoomOf(best) && isSimple(rows, joins)) best = rows;
  }
  const downwards = filled(blocks, SHEET.width / READABLE);
  if (zoomOf(best) < SMALLEST && isSimple(downwards, joins)) best = downwards;
  else if (zoomOf(best) < WORTH * zoomOf([boxes])) return;
  let y = 0;
  for (const row of best) {
    const [left, top, bottom] = [leftOf(row), topOf(row), bottomOf(row)];
    for (const box of row) Object.assign(box, { x: box.x - left, y: box.y - top + y });
    y += bottom - top + ROW_GAP;
  }
}

const leftOf = (row) => Math.min(...row.map((box) => box.x));
const topOf = (row) => Math.min(...row.map((box) => box.y));
const rightOf = (row) => Math.max(...row.map((box) => box.x + box.width));
const bottomOf = (row) => Math.max(...row.map((box) => box.y + box.height));
const widthOf = (row) => rightOf(row) - leftOf(row);
const heightOf = (rows) => rows.reduce((sum, row) => sum + bottomOf(row) - topOf(row) + ROW_GAP, -ROW_GAP);
const zoomOf = (rows) => Math.min(SHEET.width / Math.max(...rows.map(widthOf)), SHEET.height / heightOf(rows), 1);

/** Boxes that stand above each other, from left to right: between two such blocks a row can end. */
function blocksOf(boxes) {
  const blocks = [];
  let end = -Infinity;
  for (const box of [...boxes].sort((one, other) => one.x - other.x)) {
    if (box.x >= end) blocks.push([]);
    blocks.at(-1).push(box);
    end = Math.max(end, box.x + box.width);
  }
  return blocks;
}

/** The blocks in rows that are at most so wide, where a block is not wider itself. */
function filled(blocks, width) {
  const rows = [];
  for (const block of blocks) {
    const row = rows.at(-1);
    if (row && rightOf(block) - row[0].x <= width) row.push(...block);
    else rows.push([...block]);
  }
  return rows;
}

/** The blocks in at most so many rows, the longest of which is about as short as can be. */
function parted(blocks, count) {
  let [short, long] = [0, rightOf(blocks.at(-1)) - leftOf(blocks[0])];
  while (long - short > 8) {
    const middle = (short + long) / 2;
    if (filled(blocks, middle).length <= count) long = middle;
    else short = middle;
  }
  return filled(blocks, long);
}

/** Whether few edges lead from one row to another, each to the next. */
function isSimple(rows, joins) {
  const row = new Map(rows.flatMap((boxes, at) => boxes.map((box) => [box.key, at])));
  const across = new Map();
  for (const [from, to] of joins) {
    const [start, end] = [row.get(from), row.get(to)];
    if (end > start + 1) return false;
    if (end > start) across.set(start, (across.get(start) ?? 0) + 1);
  }
  return [...across.values()].every((number) => number <= MOST_ACROSS);
}
