// Loads what the page needs, then shows the canvas.

import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useState } from "react";

import { get, loadCatalog } from "./api.js";
import { Canvas } from "./canvas/canvas.jsx";
import { documentIn } from "./graph/document.js";
import { arrange, isHeap } from "./graph/layout.js";
import { show, useComposer } from "./store.js";
import { Icon } from "./ui/parts.jsx";

async function load({ score, mayEdit }) {
  const [catalog, graph] = await Promise.all([loadCatalog(), get(`/scores/${score.id}/graph`)]);
  const saved = documentIn(graph);
  const doc = isHeap(saved) ? arrange(saved, catalog) : saved;
  show({ score, mayEdit, catalog, doc, issues: graph.warnings });
}

export function App({ config }) {
  const [failure, setFailure] = useState(null);
  const isLoaded = useComposer((composer) => composer.catalog !== null);
  useEffect(() => {
    load(config).catch(setFailure);
  }, [config]);
  if (failure) return <Failed failure={failure} />;
  if (!isLoaded) return <p className="ms-composer-wait">Reading the score</p>;
  return (
    <ReactFlowProvider>
      <div className="ms-stage">
        <Canvas nodesDraggable={false} nodesConnectable={false} />
      </div>
    </ReactFlowProvider>
  );
}

const Failed = ({ failure }) => (
  <div className="ms-notice is-bad ms-composer-notice" role="alert">
    <Icon name="error" />
    <p>
      <b>The score cannot be shown.</b> {failure.message}
    </p>
  </div>
);
