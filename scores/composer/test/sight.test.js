import assert from "node:assert/strict";
import { test } from "node:test";

import { shiftInto, whole } from "../src/graph/sight.js";

const WINDOW = { width: 1072, height: 463 }; // px of canvas at 1280 x 800 with the dock open
const HERE = { x: 0, y: 0, zoom: 1 };

/** As React Flow frames bounds: as large as fits, in the middle of what the padding leaves. */
function frame(bounds, padding) {
  const px = (side) => parseInt(padding[side]);
  const [width, height] = [WINDOW.width - px("left") - px("right"), WINDOW.height - px("top") - px("bottom")];
  const zoom = Math.min(width / bounds.width, height / bounds.height, 1.1);
  return { zoom, x: px("left") + (width - bounds.width * zoom) / 2 - bounds.x * zoom, y: px("top") + (height - bounds.height * zoom) / 2 - bounds.y * zoom };
}

test("a score is shown as large as the free area lets it be", () => {
  const { zoom, x } = whole([{ x: 100, y: 0, width: 1295, height: 300 }], WINDOW, frame);
  assert.equal(zoom, 0.8);
  assert.equal(x, 18 - 100 * 0.8);
});

test("nothing lies under the small map or the buttons", () => {
  const inMiddle = [{ x: 0, y: 0, width: 1200, height: 40 }, { x: 400, y: 400, width: 150, height: 40 }];
  const inCorner = (x) => [inMiddle[0], { ...inMiddle[1], x }];
  const { zoom } = whole(inMiddle, WINDOW, frame);
  for (const rects of [inCorner(1050), inCorner(0)]) assert.ok(whole(rects, WINDOW, frame).zoom < zoom);
});

test("what is in sight stays where it is; what is not is moved by as little as can be", () => {
  const at = (x, y) => shiftInto({ x, y, width: 150, height: 42 }, HERE, WINDOW);
  assert.deepEqual(at(400, 200), { x: 0, y: 0 });
  assert.deepEqual(at(400, 500), { x: 0, y: 463 - 58 - 542 });
  assert.deepEqual(at(-100, 200), { x: 114, y: 0 });
});

test("of what is too large the beginning comes into sight", () => {
  assert.deepEqual(shiftInto({ x: 100, y: 20, width: 2000, height: 42 }, HERE, WINDOW), { x: 14 - 100, y: 0 });
});
