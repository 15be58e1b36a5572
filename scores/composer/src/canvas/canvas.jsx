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
  useStore,
} from "@xyflow/react";
import { useEffect, useRef } from "react";

import { now, set, useComposer } from "../store.js";
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
      zIndexMode="manual"
      deleteKeyCode={null}
      proOptions={{ hideAttribution: true }}
      {...more}
    >
      <Background gap={20} size={1.2} />
      <Controls showInteractive={false} position="bottom-left" fitViewOptions={FIT} />
      <MiniMap nodeColor={colour} pannable zoomable nodeBorderRadius={8} ariaLabel="The whole score, small" />
      <Legend />
      <Viewing />
      {children}
    </ReactFlow>
  );
}

/** Shows the whole score once it is drawn (React Flow's own `fitView` looks at the first nodes measured), and lets others ask for a view. */
function Viewing() {
  const { fitView, getInternalNode, getViewport, setCenter, screenToFlowPosition } = useReactFlow();
  const board = useStore((flow) => flow.domNode);
  const isDrawn = useNodesInitialized();
  const isDone = useRef(!now().flow.nodes.length);
  useEffect(() => {
    if (!isDrawn || isDone.current) return;
    isDone.current = true;
    fitView(FIT);
  }, [fitView, isDrawn]);
  useEffect(() => {
    const middle = () => {
      const { left, top, width, height } = board.getBoundingClientRect();
      return screenToFlowPosition({ x: left + width / 2, y: top + height / 2 });
    };
    set({ view: { fit: () => fitView({ ...FIT, duration: 150 }), centre: middle, reveal } });
    /** Brings a node into sight, if it is not. */
    function reveal(key) {
      const node = getInternalNode(key);
      if (!node) return;
      const { x, y } = node.internals.positionAbsolute;
      const { zoom } = getViewport();
      const at = middle();
      const { width, height } = board.getBoundingClientRect();
      const isSeen = Math.abs(x + node.width / 2 - at.x) < width / zoom / 2 - 90 && Math.abs(y - at.y) < height / zoom / 2 - 60;
      if (!isSeen) setCenter(x + Math.min(node.width, 400) / 2, y + 40, { zoom, duration: 150 });
    }
  }, [board, fitView, getInternalNode, getViewport, screenToFlowPosition, setCenter]);
  return null;
}
