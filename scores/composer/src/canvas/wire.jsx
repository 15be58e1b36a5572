// An edge: flow is solid, a port's is brass with its name, an item's is dashed.

import { memo } from "react";
import { BaseEdge, EdgeLabelRenderer, getBezierPath, getSmoothStepPath, Position } from "@xyflow/react";

import { useComposer } from "../store.js";
import { Flag } from "./flag.jsx";
import { Icon } from "../ui/parts.jsx";

const STYLES = {
  flow: { stroke: "var(--ms-det-line)", strokeWidth: 1.5 },
  port: { stroke: "var(--ms-brass-line)", strokeWidth: 2 },
  item: { stroke: "var(--ms-det-line)", strokeWidth: 1.5, strokeDasharray: "5 4" },
};

const BEHIND = 10; // px between a handle and the name of its port
const BEFORE = 30; // px between a mark and the handle it stands before
const LONG = 280; // px from which an edge may pass over other nodes, and its middle lie on one

export const Wire = memo(function Wire({ id, data, markerEnd, ...ends }) {
  const isTarget = useComposer((composer) => composer.target === id);
  const [path, x, y] = pathOf(ends, data);
  const isLong = ends.targetX - ends.sourceX > LONG;
  return (
    <>
      <BaseEdge path={path} style={STYLES[data.kind]} markerEnd={markerEnd} interactionWidth={18} className={isTarget ? "is-target" : ""} />
      {data.name && data.namedAt === "begin" && (
        <Mark x={ends.sourceX + BEHIND} y={ends.sourceY} begins>
          <span className="ms-wire-name">{data.name}</span>
        </Mark>
      )}
      {data.name && data.namedAt === "middle" && (
        <Mark x={x} y={y}>
          <span className="ms-wire-name">{data.name}</span>
          {data.transform && !isLong && <Renamed />}
        </Mark>
      )}
      {data.issues.length > 0 && (
        <Mark x={x} y={y - 16}>
          <Flag issues={data.issues} />
        </Mark>
      )}
      {data.transform && (isLong || !data.name || data.namedAt !== "middle") && (
        <Mark x={isLong ? ends.targetX - BEFORE : x} y={isLong ? ends.targetY : y}>
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

function pathOf({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition }, { kind, isBack }) {
  const from = kind === "item" ? Position.Right : sourcePosition;
  const ends = { sourceX, sourceY, targetX, targetY, sourcePosition: from, targetPosition };
  if (isBack) return getSmoothStepPath({ ...ends, borderRadius: 12, offset: 26 });
  return getBezierPath({ ...ends, curvature: 0.3 });
}
