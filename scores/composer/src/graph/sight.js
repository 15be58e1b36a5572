// How a score is placed in the window it is looked at through. Pure; viewports are {x, y, zoom} as React Flow has them.

const SIDES = { top: 20, left: 18, right: 18 }; // px left free around a score that is shown whole
const LEGEND = 58; // px below it, for the legend
const CORNERS = { left: 56, right: 194, height: 110 }; // px that the buttons and the small map take
const MARGIN = { top: 14, left: 14, right: 14, bottom: LEGEND }; // px of the window that do not count as in sight

const inPx = (sides) => Object.fromEntries(Object.entries(sides).map(([side, px]) => [side, `${px}px`]));
const boundsOf = (rects) => {
  const [x, y] = [Math.min(...rects.map((one) => one.x)), Math.min(...rects.map((one) => one.y))];
  return { x, y, width: Math.max(...rects.map((one) => one.x + one.width)) - x, height: Math.max(...rects.map((one) => one.y + one.height)) - y };
};

/** As large as can be with nothing under the legend, the buttons and the small map; `frame(bounds, padding)` gives a viewport. */
export function whole(rects, window, frame) {
  const bounds = boundsOf(rects);
  const wide = frame(bounds, inPx({ ...SIDES, bottom: LEGEND }));
  const isBeside = (left, right) => left < CORNERS.left || right > window.width - CORNERS.right;
  const isUnder = ({ x, y, width, height }) =>
    (y + height) * wide.zoom + wide.y > window.height - CORNERS.height && isBeside(x * wide.zoom + wide.x, (x + width) * wide.zoom + wide.x);
  return rects.some(isUnder) ? frame(bounds, inPx({ ...SIDES, bottom: CORNERS.height })) : wide;
}

/** {x, y} in px by which the viewport has to move until the rectangle is in sight; its beginning, when it is too large. */
export function shiftInto(rect, { x, y, zoom }, window) {
  return {
    x: along(rect.x * zoom + x, rect.width * zoom, MARGIN.left, window.width - MARGIN.right),
    y: along(rect.y * zoom + y, rect.height * zoom, MARGIN.top, window.height - MARGIN.bottom),
  };
}

function along(start, length, from, to) {
  if (start + length > to) return Math.max(to - start - length, Math.min(0, from - start));
  return Math.max(0, from - start);
}
