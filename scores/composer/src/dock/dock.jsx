// Below the canvas, or right of it on a wide screen: what is selected.

import { useEffect } from "react";

import { edgeId, findNode } from "../graph/document.js";
import { chosenEdge, chosenNode, tell, useComposer } from "../store.js";
import { EdgePanel } from "./edge_panel.jsx";
import { loadValues } from "./known.js";
import { useInSight } from "./in_sight.js";
import { NodePanel } from "./node_panel.jsx";

export function Dock() {
  const key = useComposer(chosenNode);
  const id = useComposer(chosenEdge);
  const doc = useComposer((composer) => composer.doc);
  const isOpen = key !== null || id !== null;
  useEffect(() => {
    if (isOpen) loadValues().catch((failure) => tell(failure.message, "bad"));
  }, [isOpen]);
  useInSight(key);
  const node = key === null ? null : findNode(doc, key);
  if (node) return <NodePanel key={key} node={node} />;
  const edge = id === null ? null : doc.edges.find((one) => edgeId(one) === id);
  if (edge && findNode(doc, edge.from) && findNode(doc, edge.to)) return <EdgePanel key={`${edge.from} ${edge.to}`} edge={edge} />;
  return null;
}
