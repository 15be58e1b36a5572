// An edge: flow is solid, a port's is brass with its name, an item's is dashed.

import { memo } from "react";
import { BaseEdge, EdgeLabelRenderer, getBezierPath, Position } from "@xyflow/react";

import { pathAlong, pathBack } from "../graph/route.js";
import { useComposer } from "../store.js";
import { Flag } from "./flag.jsx";
import { Icon } from "../ui/parts.jsx";

const STYLES = {
  flow: { stroke: "var(--ms-det-line)", strokeWidth: 1.5 },
  port: { stroke: "var(--ms-brass-line)", strokeWidth: 2 },
  item: { stroke: "var(--ms-det-line)", strokeWidth: 1.5, strokeDasharray: "5 4" },
};

const BEHIND = 10; // px between a handle and the name of its port
const BEFORE = 24; // px between a mark and the handle it stands before
const MARK = 21; // px that a mark takes
const MOVED = 3; // px by which an end is dragged away from where its way was reckoned
const LONG = 280; // px from which an edge may pass over other nodes, and its middle lie on one

export const Wire = memo(function Wire({ id, data, markerEnd, ...ends }) {
  const isTarget = useComposer((composer) => composer.target === id);
  const [path, x, y] = pathOf(ends, data);
  const isLong = ends.targetX - ends.sourceX > LONG || data.way?.length > 0 || data.lane !== undefined;
  const isNamedFirst = data.namedAt === "begin" || isLong;
  return (
    <>
      <BaseEdge path={path} style={STYLES[data.kind]} markerEnd={markerEnd} interactionWidth={18} className={isTarget ? "is-target" : ""} />
      {data.name && isNamedFirst && (
        <Mark x={ends.sourceX + BEHIND} y={ends.sourceY + data.raised} begins>
          <span className="ms-wire-name">{data.name}</span>
        </Mark>
      )}
      {data.name && !isNamedFirst && (
        <Mark x={x} y={y}>
          <span className="ms-wire-name">{data.name}</span>
          {data.transform && <Renamed />}
        </Mark>
      )}
      {data.issues.length > 0 && (
        <Mark x={x} y={y - 16}>
          <Flag issues={data.issues} />
        </Mark>
      )}
      {data.transform && (isNamedFirst || !data.name) && (
        <Mark x={isLong ? ends.targetX - BEFORE - data.nth * MARK : x} y={isLong ? ends.targetY : y}>
          <Renamed />
        </Mark>
      )}
    </>
  );
});

const Renamed = () => (
  <span className="ms-wire-mark">
    <Icon name="swap_horiz" />
  </span>
);

const Mark = ({ x, y, begins, children }) => (
  <EdgeLabelRenderer>
    <span className="ms-wire" style={{ transform: `translate(${begins ? "0" : "-50%"}, -50%) translate(${x}px, ${y}px)` }} aria-hidden="true">
      {children}
    </span>
  </EdgeLabelRenderer>
);

/** {path, and its middle}: the way that was reckoned around other nodes, or straight on while an end is dragged. */
function pathOf({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition }, { kind, ends, way, lane }) {
  const here = { sx: sourceX, sy: sourceY, tx: targetX, ty: targetY };
  const isThere = ends && Math.abs(ends.sx - sourceX) + Math.abs(ends.tx - targetX) < 4 * MOVED + 12 && Math.abs(ends.sy - sourceY) < MOVED && Math.abs(ends.ty - targetY) < MOVED;
  const isOnError = sourcePosition === Position.Bottom;
  if (isThere && lane !== undefined && !isOnError) return [pathBack(here, lane), (sourceX + targetX) / 2, lane];
  if (isThere && way?.length && !isOnError) return [pathAlong(here, way), (way[0].x1 + way[0].x2) / 2, way[0].y];
  const from = kind === "item" ? Position.Right : sourcePosition;
  return getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition: from, targetPosition, curvature: 0.3 });
}
