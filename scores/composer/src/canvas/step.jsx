// A node on the canvas: its shape says its kind, its handles are its ports.

import { memo, useEffect } from "react";
import { Handle, Position, useUpdateNodeInternals } from "@xyflow/react";

import { isMap } from "../graph/kinds.js";
import { ON_ERROR, SUCCESS } from "../graph/ports.js";
import { useComposer } from "../store.js";
import { Icon } from "../ui/parts.jsx";
import { Flag } from "./flag.jsx";
import { NodeState } from "./state.jsx";

const share = (index, count) => `${((index + 1) / (count + 1)) * 100}%`;

export const Step = memo(function Step({ id, data, isConnectable }) {
  const { node, lines, right, below, ends, issues, icon, family } = data;
  useHandlesOf(id, right, below);
  return (
    <div className={`ms-node is-${family}`} title={node.label || id}>
      <Handle id="default" type="target" position={Position.Left} isConnectable={isConnectable} />
      <div className="top">
        <Icon name={icon} className="glyph" />
        <span className="texts">
          <span className="name">{id}</span>
          {lines.map((line, index) => (
            <span key={index} className="what">
              {line}
            </span>
          ))}
        </span>
      </div>
      <NodeState id={id} />
      <Flag issues={issues} />
      {right.map((port, index) => (
        <Port key={port} port={port} position={Position.Right} style={{ top: share(index, right.length) }} isConnectable={isConnectable} />
      ))}
      {below.map(({ port, left, width }) => (
        <Hanging key={port} port={port} left={left} width={width} isEnd={ends.includes(port)} isConnectable={isConnectable} />
      ))}
      {!right.includes(ON_ERROR) && <OnError isLower={below.length > 0} isConnectable={isConnectable} />}
    </div>
  );
});

const Port = ({ port, isFlow = port === SUCCESS, ...rest }) => (
  <Handle id={port} type="source" className={isFlow ? "" : "is-port"} title={port} {...rest} />
);

const Hanging = ({ port, left, width, isEnd, isConnectable }) => (
  <>
    <Handle id={port} type="source" position={Position.Bottom} className={`is-port ${isEnd ? "is-end" : ""}`} style={{ left }} isConnectable={isConnectable} title={isEnd ? `${port}: ends here on purpose` : port} />
    <span className={`ms-hanging ${isEnd ? "is-end" : ""}`} style={{ left, width }} title={port} aria-hidden="true">
      {port}
    </span>
  </>
);

/** The port for errors: there at each node, seen when it is looked at. */
const OnError = ({ isLower, isConnectable }) => (
  <>
    <Handle id={ON_ERROR} type="source" position={Position.Bottom} className="is-port is-quiet" style={{ left: "calc(100% - 14px)" }} isConnectable={isConnectable} title={`${ON_ERROR}: where its error goes, instead of ending the run`} />
    <span className={`ms-hanging is-error-port is-quiet ${isLower ? "is-lower" : ""}`} aria-hidden="true">
      {ON_ERROR}
    </span>
  </>
);

/** A map: the frame around its body, whose title bar is the node. */
export const Frame = memo(function Frame({ id, data, isConnectable }) {
  const isTarget = useComposer((composer) => composer.target === id);
  const { node, lines, right, issues, icon, anchor } = data;
  const level = { top: anchor };
  const isEmpty = isMap(node) && !(node.config?.body_node_ids ?? []).length;
  useHandlesOf(id, right, [], anchor);
  return (
    <div className={`ms-frame ${isTarget ? "is-target" : ""}`}>
      <div className="bar" title={node.label || undefined}>
        <Icon name={icon} />
        <b>{id}</b>
        <span className="ms-clip">{lines[0]}</span>
        <NodeState id={id} isFrame otherwise={`gives ${node.config?.output_field || "results"}[]`} />
        <Flag issues={issues} />
      </div>
      {isEmpty && <p className="hint">Drop the steps that are played for each item here</p>}
      <Handle id="default" type="target" position={Position.Left} style={level} isConnectable={isConnectable} />
      <Handle id="item" type="source" position={Position.Left} className="is-item" style={level} isConnectable={isConnectable} title="item: from here, each item goes into the body" />
      <span className="item" style={level} aria-hidden="true">
        item
      </span>
      {right.map((port) => (
        <Port key={port} port={port} position={Position.Right} style={port === ON_ERROR ? { top: anchor + 24 } : level} isConnectable={isConnectable} />
      ))}
      {!right.includes(ON_ERROR) && <OnError isConnectable={isConnectable} />}
    </div>
  );
});

/** React Flow measures handles once; ports that move are told to it. */
function useHandlesOf(id, right, below, anchor) {
  const update = useUpdateNodeInternals();
  const ports = `${right.join()}|${below.map((one) => one.port).join()}|${anchor}`;
  useEffect(() => update(id), [update, id, ports]);
}
