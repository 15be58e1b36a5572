// The canvas that can be changed: drag, drop, connect, and what follows from where something is let go.

import { useReactFlow } from "@xyflow/react";

import { Canvas } from "../canvas/canvas.jsx";
import { findNode, mapsAround, ownersOf } from "../graph/document.js";
import * as change from "../graph/edit.js";
import { frameAt, ownerAfterDrop } from "../graph/geometry.js";
import { facts, now, open, set, tell, useComposer } from "../store.js";
import { Button } from "../ui/parts.jsx";
import { add, edit, given, join, pointAt } from "./actions.js";
import { DRAGGED } from "./finder.jsx";

const HALF = { x: 70, y: 21 }; // a dropped step has the pointer in its middle

const edgeUnder = ({ clientX, clientY }) =>
  document.elementsFromPoint(clientX, clientY).map((one) => one.closest(".react-flow__edge")).find(Boolean)?.dataset.id;
const nodeUnder = ({ clientX, clientY }) =>
  document.elementsFromPoint(clientX, clientY).map((one) => one.closest(".react-flow__node")).find(Boolean)?.dataset.id;
const point = (event) => ("changedTouches" in event ? event.changedTouches[0] : event);

const ends = ({ source, sourceHandle, target }) => ({ from: source, from_port: sourceHandle ?? "success", to: target });

export function Editor() {
  const flow = useReactFlow();
  const place = ({ clientX, clientY }) => flow.screenToFlowPosition({ x: clientX, y: clientY });

  const dragOver = (event) => {
    if (!event.dataTransfer.types.includes(DRAGGED)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    pointAt(edgeUnder(event) ?? frameAt(now().doc, facts(), place(event)) ?? null);
  };
  const drop = (event) => {
    const offer = event.dataTransfer.getData(DRAGGED);
    if (!offer) return;
    event.preventDefault();
    const at = place(event);
    const owner = frameAt(now().doc, facts(), at);
    add(JSON.parse(offer), { at: { x: at.x - HALF.x, y: at.y - HALF.y }, edge: edgeUnder(event), owner });
    pointAt(null);
  };
  const rectOf = (key) => ({ ...facts().get(key).rect, ...flow.getInternalNode(key).internals.positionAbsolute });
  const dragged = (event, node, nodes) => {
    const known = facts();
    const owner = nodes.length === 1 ? ownerAfterDrop(now().doc, known, node.id, rectOf(node.id)) : undefined;
    pointAt(owner ?? null);
  };
  const dropped = (event, node, nodes) => {
    const known = facts();
    const rects = new Map(nodes.map(({ id }) => [id, rectOf(id)]));
    pointAt(null);
    edit((doc) => {
      let moved = change.moveTo(doc, new Map([...rects].map(([id, rect]) => [id, shifted(findNode(doc, id), known.get(id).rect, rect)])));
      const owners = ownersOf(doc);
      for (const [id, rect] of rects) {
        const goesAlong = mapsAround(id, owners).some((map) => rects.has(map));
        if (!goesAlong) moved = joined(moved, id, ownerAfterDrop(doc, known, id, rect));
      }
      return moved;
    });
  };
  const connectEnd = (event, state) => {
    if (state.isValid || state.fromHandle?.type !== "source") return;
    const from = { from: state.fromNode.id, from_port: state.fromHandle.id };
    const over = nodeUnder(point(event));
    const isFrame = over && findNode(now().doc, over)?.subkind === "map_over";
    if (over && !(isFrame && from.from === over)) return join({ ...from, to: over });
    const at = place(point(event));
    open("add", { at: { x: at.x, y: at.y - HALF.y }, after: from, screen: point(event) });
  };

  return (
    <Canvas
      snapToGrid
      snapGrid={[10, 10]}
      connectionRadius={28}
      selectionOnDrag={false}
      multiSelectionKeyCode={["Control", "Meta"]}
      selectionKeyCode="Shift"
      onSelectionStart={() => set({ isBoxing: true })}
      onSelectionEnd={() => set({ isBoxing: false })}
      isValidConnection={(connection) => !change.whyNot(now().doc, ends(connection))}
      onConnect={(connection) => join(ends(connection))}
      onConnectEnd={connectEnd}
      onNodeDrag={dragged}
      onNodeDragStop={dropped}
      onDragOver={dragOver}
      onDrop={drop}
      onDragLeave={() => pointAt(null)}
      onDoubleClick={(event) => event.target.classList.contains("react-flow__pane") && open("add", { at: place(event), screen: event })}
      zoomOnDoubleClick={false}
    >
      <Blank />
    </Canvas>
  );
}

/** Where a node is after it was dragged from one rectangle to another; a frame's is around its body, not where it is stored. */
function shifted(node, from, to) {
  const at = node.position ?? from;
  return { x: Math.round(at.x + to.x - from.x), y: Math.round(at.y + to.y - from.y) };
}

function joined(doc, key, owner) {
  const before = doc.nodes.find((node) => (node.config?.body_node_ids ?? []).includes(key))?.key;
  if (before === owner) return doc;
  const moved = change.moveInto(doc, [key], owner);
  const led = owner ? given(moved, key) : moved;
  tell(owner ? `${key} is played in ${owner} now, once for each item${led === moved ? "" : ", which comes to it"}.` : `${key} is out of ${before}.`);
  return led;
}

/** What to do with a score that has no steps yet. */
function Blank() {
  const isBlank = useComposer((composer) => !composer.doc.nodes.length);
  if (!isBlank) return null;
  return (
    <div className="ms-blank">
      <h2>No steps yet</h2>
      <p>
        Drag one here from the left, or press <kbd>/</kbd> and type what it shall do. The first step is given the run’s input; each next one what came before.
      </p>
      <Button icon="add" className="is-primary" onClick={() => open("add")}>
        Add the first step
      </Button>
    </div>
  );
}
