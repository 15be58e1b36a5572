// How large a node is drawn, from what it says: known before it is drawn, so that layout needs no browser.

const LETTER = 7.6; // of the name, 13 px semibold
const WIDE = 11.6; // m and w of it
const NARROW = 4.6; // i, j, l, t, f and r of it
const SMALL = 5.9; // of the line below it, 11 px
const MONO = 6.7; // of a port, 11 px
const MIN_WIDTH = 132;
const MAX_WIDTH = 212;

const LONGEST = 16; // letters of a port's name that are shown below a node

export const HANGING = 22; // what a port below a node adds to its height
export const FRAME = { left: 54, top: 50, right: 30, bottom: 30, minWidth: 300, minHeight: 132 };

const widthOf = (name) => [...name].reduce((sum, letter) => sum + ("mw".includes(letter) ? WIDE : "ijltfr".includes(letter) ? NARROW : LETTER), 2);

/** Of a step; `lines` are what stands below its name, `below` the ports that hang under it. */
export function stepSize({ name, lines, below, family, withState }) {
  const inset = family === "deterministic" ? 46 : 58;
  const texts = [widthOf(name), ...lines.map((line) => line.length * SMALL)];
  const last = hangingIn(below).at(-1);
  const width = Math.max(MIN_WIDTH, last ? last.left + last.width + 20 : 0, Math.min(MAX_WIDTH, inset + Math.max(...texts)));
  const height = 42 + 14 * Math.max(0, lines.length - 1) + (withState ? 29 : 0);
  return { width: Math.ceil(width / 2) * 2, height };
}

/** Where the ports below a node stand, side by side: [{port, left, width}] in px from its left. */
export function hangingIn(below) {
  let left = 16;
  return below.map((port) => {
    const place = { port, left, width: Math.ceil(Math.min(port.length, LONGEST) * MONO) + 4 };
    left += place.width + 24;
    return place;
  });
}

/** Around rectangles {x, y, width, height}, with room for the title; from `at` when there are none. */
export function frameAround(inner, at, title) {
  const minWidth = Math.max(FRAME.minWidth, title.length * SMALL + 60);
  if (!inner.length) return { ...at, width: minWidth, height: FRAME.minHeight };
  const left = Math.min(...inner.map((one) => one.x)) - FRAME.left;
  const top = Math.min(...inner.map((one) => one.y)) - FRAME.top;
  const right = Math.max(...inner.map((one) => one.x + one.width)) + FRAME.right;
  const bottom = Math.max(...inner.map((one) => one.y + one.height)) + FRAME.bottom;
  return {
    x: left,
    y: top,
    width: Math.max(minWidth, right - left),
    height: Math.max(FRAME.minHeight, bottom - top),
  };
}
