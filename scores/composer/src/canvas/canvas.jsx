// The canvas: the document as React Flow draws it.

import {
  applyEdgeChanges,
  applyNodeChanges,
  Background,
  Controls,
  MiniMap,
  ReactFlow,
  useNodesInitialized,
  useReactFlow,
} from "@xyflow/react";
import { useEffect, useRef } from "react";

import { useComposer } from "../store.js";
import { useTheme } from "../ui/theme.js";
import { Legend } from "./legend.jsx";
import { Frame, Step } from "./step.jsx";
import { Wire } from "./wire.jsx";

const NODES = { step: Step, frame: Frame };
const EDGES = { wire: Wire };
const MINI = { deterministic: "var(--ms-det-line)", llm: "var(--ms-llm-line)", control: "var(--ms-brass-line)" };
const colour = (node) => (node.type === "frame" ? "var(--ms-brass-bg)" : MINI[node.data.family]);
export const FIT = { padding: { top: "24px", left: "24px", right: "24px", bottom: "96px" }, maxZoom: 1.1 };

const changeNodes = (changes) =>
  useComposer.setState(({ flow }) => ({ flow: { ...flow, nodes: applyNodeChanges(changes, flow.nodes) } }));
const changeEdges = (changes) =>
  useComposer.setState(({ flow }) => ({ flow: { ...flow, edges: applyEdgeChanges(changes, flow.edges) } }));

export function Canvas({ children, ...more }) {
  const flow = useComposer((composer) => composer.flow);
  return (
    <ReactFlow
      nodes={flow.nodes}
      edges={flow.edges}
      nodeTypes={NODES}
      edgeTypes={EDGES}
      onNodesChange={changeNodes}
      onEdgesChange={changeEdges}
      colorMode={useTheme()}
      minZoom={0.1}
      maxZoom={2}
      disableKeyboardA11y
      deleteKeyCode={null}
      proOptions={{ hideAttribution: true }}
      {...more}
    >
      <Background gap={20} size={1.2} />
      <Controls showInteractive={false} position="bottom-left" fitViewOptions={FIT} />
      <MiniMap nodeColor={colour} pannable zoomable nodeBorderRadius={8} ariaLabel="The whole score, small" />
      <Legend />
      <FitOnce />
      {children}
    </ReactFlow>
  );
}

/** Shows the whole score as soon as it is drawn; React Flow's own `fitView` looks at the first nodes measured. */
function FitOnce() {
  const { fitView } = useReactFlow();
  const isDrawn = useNodesInitialized();
  const isDone = useRef(false);
  useEffect(() => {
    if (!isDrawn || isDone.current) return;
    isDone.current = true;
    fitView(FIT);
  }, [fitView, isDrawn]);
  return null;
}
