// Ways of edges around the nodes that lie between their ends. Pure; in the coordinates of the canvas.

const CLEAR = 11; // px kept between a line and what it passes
const REACH = 7; // px before and behind what it passes
const TURN = 34; // px beside an end that are left to turn in, where something stands above or below it
const LANE = 8; // px between two lines that pass the same gap
const CROWDED = 26; // what it costs to lie on another line
const BEND = 6; // what it costs to leave the height one is at

/** What lies between two ends from left to right, joined to columns: [{x1, x2, walls: [[top, bottom]]}]. */
function columnsBetween({ sx, tx }, obstacles) {
  const columns = [];
  for (const { x, y, width, height } of [...obstacles].sort((one, other) => one.x - other.x)) {
    const x1 = Math.max(x - REACH, x < sx ? sx + TURN : sx);
    const x2 = Math.min(x + width + REACH, x + width > tx ? tx - TURN : tx);
    if (x1 >= x2) continue;
    const wall = [y - CLEAR, y + height + CLEAR];
    const before = columns.at(-1);
    if (before && x1 <= before.x2) Object.assign(before, { x2: Math.max(before.x2, x2), walls: [...before.walls, wall] });
    else columns.push({ x1, x2, walls: [wall] });
  }
  return columns;
}

const isFree = (y, walls) => walls.every(([top, bottom]) => y <= top || y >= bottom);

/** Heights at which a column can be passed: where one comes from or goes to, and beside each wall. */
function passes(column, heights, taken) {
  const beside = column.walls.flatMap(([top, bottom]) => [top, bottom]);
  const occupied = taken.filter((one) => one.x1 < column.x2 && one.x2 > column.x1);
  const lanes = [...heights, ...beside].flatMap((y) => [y, ...(occupied.length ? [y - LANE, y + LANE, y - 2 * LANE, y + 2 * LANE] : [])]);
  return [...new Set(lanes.map(Math.round))]
    .filter((y) => isFree(y, column.walls))
    .map((y) => ({ y, cost: occupied.some((one) => Math.abs(one.y - y) < LANE - 1) ? CROWDED : 0 }));
}

/** The way of an edge that leads to the right: [{x1, x2, y}], empty where nothing is between. `taken` are others' ways. */
export function wayBetween(ends, obstacles, taken = []) {
  const columns = columnsBetween(ends, obstacles);
  const [top, bottom] = [Math.min(ends.sy, ends.ty), Math.max(ends.sy, ends.ty)];
  if (columns.every(({ walls }) => walls.every(([from, to]) => to <= top || from >= bottom)) && top < bottom) return [];
  if (columns.every(({ walls }) => isFree(top, walls)) && top === bottom && !taken.some((one) => Math.abs(one.y - top) < LANE - 1 && one.x1 < ends.tx && one.x2 > ends.sx)) return [];
  let found = [{ y: ends.sy, cost: 0, way: [] }];
  for (const column of columns) {
    const { x1, x2 } = column;
    const straight = ends.sy + ((ends.ty - ends.sy) * ((x1 + x2) / 2 - ends.sx)) / (ends.tx - ends.sx);
    found = passes(column, [straight, ends.sy, ends.ty], taken).map(({ y, cost }) => {
      const step = (one) => one.cost + Math.abs(one.y - y) + (one.y === y ? 0 : BEND);
      const best = found.reduce((one, other) => (step(other) < step(one) ? other : one));
      return { y, cost: step(best) + cost, way: [...best.way, { x1, x2, y }] };
    });
  }
  const last = (one) => one.cost + Math.abs(one.y - ends.ty);
  return found.reduce((one, other) => (last(other) < last(one) ? other : one)).way;
}

/** The height at which an edge leads back to the left, nearest to the middle of its ends. */
export function laneBack({ sx, sy, tx, ty }, obstacles, taken = []) {
  const [left, right] = [Math.min(sx, tx) - 30, Math.max(sx, tx) + 30];
  const walls = obstacles.filter((one) => one.x + one.width > left && one.x < right).map((one) => [one.y - CLEAR, one.y + one.height + CLEAR]);
  const middle = (sy + ty) / 2;
  const used = taken.filter((one) => one.x1 < right && one.x2 > left);
  const lanes = [middle, ...walls.flat()].flatMap((y) => [y, y - LANE, y + LANE]);
  const free = lanes.filter((y) => isFree(y, walls) && used.every((one) => Math.abs(one.y - y) >= LANE - 1));
  return free.reduce((one, other) => (Math.abs(other - middle) < Math.abs(one - middle) ? other : one), free[0] ?? middle);
}

const curve = (x1, y1, x2, y2) => {
  const bow = Math.max((x2 - x1) / 2, 8);
  return `C ${x1 + bow} ${y1} ${x2 - bow} ${y2} ${x2} ${y2}`;
};

/** The path that goes a way: straight where it passes nodes, curved in between. */
export function pathAlong({ sx, sy, tx, ty }, way) {
  let [path, x, y] = [`M ${sx} ${sy}`, sx, sy];
  for (const part of way) {
    path += ` ${curve(x, y, part.x1, part.y)} L ${part.x2} ${part.y}`;
    [x, y] = [part.x2, part.y];
  }
  return `${path} ${curve(x, y, tx, ty)}`;
}

/** The path that leads back: out, along the lane, in; with round corners. */
export function pathBack({ sx, sy, tx, ty }, lane, out = 24) {
  const corners = [[sx + out, sy], [sx + out, lane], [tx - out, lane], [tx - out, ty]]; // prettier-ignore
  let [path, x, y] = [`M ${sx} ${sy}`, sx, sy];
  corners.forEach(([cx, cy], at) => {
    const [nx, ny] = corners[at + 1] ?? [tx, ty];
    const round = (from, to) => Math.min(12, Math.abs(to - from) / 2) * Math.sign(from - to);
    const before = [cx + round(x, cx), cy + round(y, cy)];
    const after = [cx + round(nx, cx), cy + round(ny, cy)];
    path += ` L ${before.join(" ")} Q ${cx} ${cy} ${after.join(" ")}`;
    [x, y] = [cx, cy];
  });
  return `${path} L ${tx} ${ty}`;
}
