// How large a node is drawn, from what it says: known before it is drawn, so that layout needs no browser.

const NAME = 13.5; // px of the name, 13 semibold
const SMALL = 11; // px of the line below it
const MONO = 6.7; // px of a letter of a port
const LETTER = 0.6; // of the height of the font, of most letters; of others:
const OTHERS = new Map([..."ijl.,' "].map((one) => [one, 0.29]).concat([..."tfr_-1"].map((one) => [one, 0.44]), [..."mw="].map((one) => [one, 0.88])));
const MIN_WIDTH = 132;
const MAX_WIDTH = 212;

const LONGEST = 16; // letters of a port's name that are shown below a node

export const HANGING = 22; // what a port below a node adds to its height
export const FRAME = { left: 52, top: 46, right: 20, bottom: 26, minWidth: 300, minHeight: 132 };

const widthOf = (text, size) => [...text].reduce((sum, letter) => sum + (OTHERS.get(letter) ?? LETTER) * size, 2);

/** Of a step; `lines` are what stands below its name, `below` the ports that hang under it. */
export function stepSize({ name, lines, below, family, withState }) {
  const inset = family === "deterministic" ? 50 : 60;
  const texts = [widthOf(name, NAME), ...lines.map((line) => widthOf(line, SMALL))];
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
  const minWidth = Math.max(FRAME.minWidth, title.length * 5.9 + 104);
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
