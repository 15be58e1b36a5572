// Which part of the canvas is seen: the whole score at first, as far as it can be read; then what is asked for.

import { useNodesInitialized, useReactFlow, useStore } from "@xyflow/react";
import { useEffect, useRef } from "react";

import { now, set } from "../store.js";

export const FIT = { padding: { top: "24px", left: "38px", right: "38px", bottom: "96px" }, maxZoom: 1.1 };
const SMALLEST = 0.55; // a score that fits at no larger zoom is shown from its beginning, the rest in the small map
const READABLE = 0.85; // at this zoom
const pace = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150); // ms
const MARGIN = { x: 90, y: 60 }; // px of a node that count as in sight

export function View() {
  const flow = useReactFlow();
  const board = useStore((store) => store.domNode);
  useFirstSight(flow, board);
  useSteadyMiddle(flow, board);
  useEffect(() => {
    const centre = () => middleOf(flow, board);
    set({ view: { fit: () => flow.fitView({ ...FIT, duration: pace() }), centre, reveal: (key) => reveal(flow, board, key) } });
  }, [flow, board]);
  return null;
}

/** React Flow's own `fitView` looks at the first nodes that are measured, hence this. */
function useFirstSight(flow, board) {
  const isDrawn = useNodesInitialized();
  const isDone = useRef(!now().flow.nodes.length);
  useEffect(() => {
    if (!isDrawn || isDone.current) return;
    isDone.current = true;
    flow.fitView(FIT).then(() => flow.getZoom() < SMALLEST && showBeginning(flow, board));
  }, [flow, board, isDrawn]);
}

/** The first node at the left; what fits above each other in the middle, of more the part around it. */
function showBeginning(flow, board) {
  const rects = flow.getNodes().map(({ id }) => flow.getInternalNode(id)).map(({ internals, width, height }) => ({ ...internals.positionAbsolute, width, height }));
  const left = Math.min(...rects.map((rect) => rect.x));
  const top = Math.min(...rects.map((rect) => rect.y));
  const height = Math.max(...rects.map((rect) => rect.y + rect.height)) - top;
  const first = rects.filter((rect) => rect.x < left + 20).reduce((one, other) => (other.y < one.y ? other : one));
  const room = board.clientHeight - 120; // without the legend
  const middle = height * READABLE <= room ? top + height / 2 : Math.max(first.y + first.height / 2, top + room / 2 / READABLE);
  flow.setViewport({ x: 40 - left * READABLE, y: room / 2 + 24 - middle * READABLE, zoom: READABLE });
}

/** What was in the middle stays there when the dock opens below or beside it. */
function useSteadyMiddle(flow, board) {
  useEffect(() => {
    if (!board) return undefined;
    let before = { width: board.clientWidth, height: board.clientHeight };
    const observer = new ResizeObserver(() => {
      const after = { width: board.clientWidth, height: board.clientHeight };
      const { x, y, zoom } = flow.getViewport();
      const middle = y + (after.height - before.height) / 2;
      flow.setViewport({ x: x + (after.width - before.width) / 2, y: aboveCorner(flow, middle, after.height), zoom });
      before = after;
    });
    observer.observe(board);
    return () => observer.disconnect();
  }, [flow, board]);
}

/** `y` of the viewport, less what brings a score that is seen whole out from under the legend and the small map. */
function aboveCorner(flow, y, height) {
  const bounds = flow.getNodesBounds(flow.getNodes());
  const zoom = flow.getZoom();
  const top = bounds.y * zoom + y - parseInt(FIT.padding.top);
  const over = (bounds.y + bounds.height) * zoom + y - (height - parseInt(FIT.padding.bottom));
  const isWhole = top >= 0 && over <= parseInt(FIT.padding.bottom);
  return isWhole ? y - Math.max(0, Math.min(over, top)) : y;
}

function middleOf(flow, board) {
  const { left, top, width, height } = board.getBoundingClientRect();
  return flow.screenToFlowPosition({ x: left + width / 2, y: top + height / 2 });
}

/** Brings a node into sight, if it is not. */
function reveal(flow, board, key) {
  const node = flow.getInternalNode(key);
  if (!node) return;
  const { x, y } = node.internals.positionAbsolute;
  const zoom = flow.getZoom();
  const at = middleOf(flow, board);
  const reach = { x: board.clientWidth / zoom / 2 - MARGIN.x, y: board.clientHeight / zoom / 2 - MARGIN.y };
  const width = Math.min(node.width, 400); // of a wide frame, its beginning
  const isSeen = Math.abs(x + width / 2 - at.x) < reach.x && Math.abs(y + 20 - at.y) < reach.y;
  if (!isSeen) flow.setCenter(x + width / 2, y + 40, { zoom, duration: pace() });
}
