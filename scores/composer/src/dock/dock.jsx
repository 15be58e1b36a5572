// Below the canvas, or right of it on a wide screen: what is selected.

import { useEffect, useRef } from "react";

import { edgeId, findNode } from "../graph/document.js";
import { chosenEdge, chosenNode, tell, useComposer } from "../store.js";
import { EdgePanel } from "./edge_panel.jsx";
import { loadValues } from "./known.js";
import { useInSight } from "./in_sight.js";
import { NodePanel } from "./node_panel.jsx";

/** What is selected; a box around several has to end first, or the canvas would move under it when the dock opens. */
function useChosen() {
  const chosen = { key: useComposer(chosenNode), id: useComposer(chosenEdge) };
  const isBoxing = useComposer((composer) => composer.isBoxing);
  const settled = useRef(chosen);
  if (!isBoxing) settled.current = chosen;
  return settled.current;
}

export function Dock() {
  const { key, id } = useChosen();
  const doc = useComposer((composer) => composer.doc);
  const isOpen = key !== null || id !== null;
  useEffect(() => {
    if (isOpen) loadValues().catch((failure) => tell(failure.message, "bad"));
  }, [isOpen]);
  const edge = id === null ? null : doc.edges.find((one) => edgeId(one) === id);
  useInSight(key ?? edge?.to ?? null);
  const node = key === null ? null : findNode(doc, key);
  if (node) return <NodePanel key={key} node={node} />;
  if (edge && findNode(doc, edge.from) && findNode(doc, edge.to)) return <EdgePanel key={`${edge.from} ${edge.to}`} edge={edge} />;
  return null;
}
