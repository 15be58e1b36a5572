// The canvas: the document as React Flow draws it.

import { applyEdgeChanges, applyNodeChanges, Background, ControlButton, Controls, MiniMap, ReactFlow } from "@xyflow/react";

import { now, useComposer } from "../store.js";
import { Icon } from "../ui/parts.jsx";
import { useTheme } from "../ui/theme.js";
import { Legend } from "./legend.jsx";
import { Frame, Step } from "./step.jsx";
import { View } from "./view.jsx";
import { Wire } from "./wire.jsx";

const NODES = { step: Step, frame: Frame };
const EDGES = { wire: Wire };
const MINI = { deterministic: "var(--ms-det-line)", llm: "var(--ms-llm-line)", control: "var(--ms-brass-line)" };
const MINI_SIZE = { width: 176, height: 92 }; // told, since it reckons its frame by them
const colour = (node) => (node.type === "frame" ? "var(--ms-brass-bg)" : MINI[node.data.family]);

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
      selectNodesOnDrag={false}
      proOptions={{ hideAttribution: true }}
      {...more}
    >
      <Background gap={20} size={1.2} />
      <Controls showInteractive={false} showFitView={false} position="bottom-left">
        <ControlButton onClick={() => now().view.fit()} title="The whole score, F" aria-label="The whole score">
          <Icon name="fullscreen" />
        </ControlButton>
      </Controls>
      <MiniMap nodeColor={colour} pannable zoomable nodeBorderRadius={8} style={MINI_SIZE} maskStrokeColor="var(--ms-ring)" maskStrokeWidth={2} ariaLabel="The whole score, small" />
      <Legend />
      <View />
      {children}
    </ReactFlow>
  );
}
