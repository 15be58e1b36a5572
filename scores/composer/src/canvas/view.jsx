// Which part of the canvas is seen: the whole score at first, as far as it can be read; then what is asked for.

import { getViewportForBounds, useNodesInitialized, useReactFlow, useStore } from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";

import { shiftInto, whole } from "../graph/sight.js";
import { now, set } from "../store.js";

const SMALLEST = 0.55; // a score that fits at no larger zoom is shown from its beginning, the rest in the small map
const READABLE = 0.85; // at this zoom
const [LEAST, MOST] = [0.1, 1.1]; // zooms at which a score is shown whole
const BACK = 32; // units beside its ends that a line takes to turn back
const pace = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150); // ms

export function View() {
  const flow = useReactFlow();
  const board = useStore((store) => store.domNode);
  const sight = useMemo(() => board && sightOf(flow, board), [flow, board]);
  useFirstSight(flow, sight);
  useResize(sight, board);
  useEffect(() => {
    if (sight) set({ view: { fit: () => sight.fit(pace()), centre: sight.centre, reveal: sight.reveal } });
  }, [sight]);
  return null;
}

/** React Flow's own `fitView` looks at the first nodes that are measured, hence this. */
function useFirstSight(flow, sight) {
  const isDrawn = useNodesInitialized();
  const isDone = useRef(!now().flow.nodes.length);
  useEffect(() => {
    if (!isDrawn || isDone.current || !sight) return;
    isDone.current = true;
    sight.fit(0);
    if (flow.getZoom() < SMALLEST) sight.begin();
  }, [flow, sight, isDrawn]);
}

/** The dock opens or closes: what was shown whole is shown whole again, all else stays under the pointer. */
function useResize(sight, board) {
  useEffect(() => {
    if (!sight) return undefined;
    let before = { width: board.clientWidth, height: board.clientHeight };
    const observer = new ResizeObserver(() => {
      sight.resized(before);
      before = { width: board.clientWidth, height: board.clientHeight };
    });
    observer.observe(board);
    return () => observer.disconnect();
  }, [sight, board]);
}

/** What can be asked of the view, as long as it is on this board. */
function sightOf(flow, board) {
  let fitted = null; // {x, y, zoom, doc}: how the score was shown whole last
  const nodes = () => flow.getNodes().map(({ id }) => flow.getInternalNode(id)).map(({ internals, width, height }) => ({ ...internals.positionAbsolute, width, height }));
  const rects = () => [...nodes(), ...flow.getEdges().filter(({ data }) => data.lane !== undefined).map(({ data }) => aroundLane(data))];
  const size = () => ({ width: board.clientWidth, height: board.clientHeight });
  const frame = (bounds, padding) => getViewportForBounds(bounds, board.clientWidth, board.clientHeight, LEAST, MOST, padding);
  const isFitted = () => fitted?.doc === now().doc && ["x", "y", "zoom"].every((part) => Math.abs(flow.getViewport()[part] - fitted[part]) < 0.01);
  const move = (by, duration = 0) => {
    const { x, y, zoom } = flow.getViewport();
    if (by.x || by.y) flow.setViewport({ x: x + by.x, y: y + by.y, zoom }, { duration });
  };
  const sight = {
    fit(duration = 0) {
      if (!now().flow.nodes.length) return;
      const viewport = whole(rects(), size(), frame);
      flow.setViewport(viewport, { duration });
      fitted = { ...viewport, doc: now().doc };
    },
    begin: () => flow.setViewport(beginningOf(nodes(), size())),
    resized(before) {
      if (isFitted()) return sight.fit();
      const bounds = flow.getNodesBounds(flow.getNodes());
      if (now().flow.nodes.length && isZero(shiftInto(bounds, flow.getViewport(), before))) move(shiftInto(bounds, flow.getViewport(), size()));
    },
    centre() {
      const { left, top, width, height } = board.getBoundingClientRect();
      return flow.screenToFlowPosition({ x: left + width / 2, y: top + height / 2 });
    },
    /** Brings a node into sight, if it is not: by as little as can be, from far away into the middle. */
    reveal(key) {
      const node = flow.getInternalNode(key);
      if (!node) return;
      const { x, y } = node.internals.positionAbsolute;
      const seen = { x, y, width: Math.min(node.width, 400), height: Math.min(node.height, 120) }; // of a large frame, its beginning
      const by = shiftInto(seen, flow.getViewport(), size());
      const isFar = Math.abs(by.x) > board.clientWidth / 2 || Math.abs(by.y) > board.clientHeight / 2;
      if (isFar) flow.setCenter(x + seen.width / 2, y + seen.height / 2, { zoom: flow.getZoom(), duration: pace() });
      else move(by, pace());
    },
  };
  return sight;
}

/** What a line takes that leads back to the left, or down to the next row. */
const aroundLane = ({ ends: { sx, tx }, lane }) => ({ x: tx - BACK, y: lane, width: sx - tx + 2 * BACK, height: 0 });

const isZero = ({ x, y }) => !x && !y;

/** The first node at the left; what fits above each other in the middle, of more the part around it. */
function beginningOf(rects, board) {
  const left = Math.min(...rects.map((rect) => rect.x));
  const top = Math.min(...rects.map((rect) => rect.y));
  const height = Math.max(...rects.map((rect) => rect.y + rect.height)) - top;
  const first = rects.filter((rect) => rect.x < left + 20).reduce((one, other) => (other.y < one.y ? other : one));
  const room = board.height - 120; // without the legend
  const middle = height * READABLE <= room ? top + height / 2 : Math.max(first.y + first.height / 2, top + room / 2 / READABLE);
  return { x: 40 - left * READABLE, y: room / 2 + 24 - middle * READABLE, zoom: READABLE };
}
