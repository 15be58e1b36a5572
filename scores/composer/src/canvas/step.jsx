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
    <div className={`ms-node is-${family}`} title={node.label || undefined}>
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
      {below.map((port, index) => (
        <Hanging key={port} port={port} left={share(index, below.length)} isEnd={ends.includes(port)} isConnectable={isConnectable} />
      ))}
      {!right.includes(ON_ERROR) && <Hanging port={ON_ERROR} left="88%" isConnectable={isConnectable} isQuiet />}
    </div>
  );
});

const Port = ({ port, isFlow = port === SUCCESS, ...rest }) => (
  <Handle id={port} type="source" className={isFlow ? "" : "is-port"} title={port} {...rest} />
);

function Hanging({ port, left, isEnd, isQuiet, isConnectable }) {
  const look = `${isEnd ? "is-end" : ""} ${isQuiet ? "is-quiet" : ""}`;
  return (
    <>
      <Handle id={port} type="source" position={Position.Bottom} className={`is-port ${look}`} style={{ left }} isConnectable={isConnectable} title={isEnd ? `${port}: ends here on purpose` : port} />
      <span className={`ms-hanging ${look}`} style={{ left }} aria-hidden="true">
        {port}
      </span>
    </>
  );
}

/** A map: the frame around its body, whose title bar is the node. */
export const Frame = memo(function Frame({ id, data, isConnectable }) {
  const isTarget = useComposer((composer) => composer.target === id);
  const { node, lines, right, issues, icon } = data;
  const isEmpty = isMap(node) && !(node.config?.body_node_ids ?? []).length;
  useHandlesOf(id, right, []);
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
      <Handle id="default" type="target" position={Position.Left} isConnectable={isConnectable} />
      <Handle id="item" type="source" position={Position.Left} className="is-item" isConnectable={isConnectable} title="item: from here, each item goes into the body" />
      <span className="item" aria-hidden="true">
        item
      </span>
      {right.map((port) => (
        <Port key={port} port={port} position={Position.Right} isConnectable={isConnectable} />
      ))}
      {!right.includes(ON_ERROR) && <Hanging port={ON_ERROR} left="94%" isConnectable={isConnectable} isQuiet />}
    </div>
  );
});

/** React Flow measures handles once; ports that move are told to it. */
function useHandlesOf(id, right, below) {
  const update = useUpdateNodeInternals();
  const ports = `${right.join()}|${below.join()}`;
  useEffect(() => update(id), [update, id, ports]);
}
