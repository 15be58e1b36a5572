// Loads what the page needs, then shows the canvas: to be changed, or to be looked at.

import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useState } from "react";

import { call, get, loadCatalog } from "./api.js";
import { Canvas } from "./canvas/canvas.jsx";
import { Dock } from "./dock/dock.jsx";
import { Dialogs } from "./edit/dialogs.jsx";
import { Editor } from "./edit/editor.jsx";
import { useKeys } from "./edit/keys.js";
import { Palette } from "./edit/palette.jsx";
import { documentIn } from "./graph/document.js";
import { arrange, isHeap, laidOut } from "./graph/layout.js";
import { openRun } from "./run/records.js";
import { RunDock } from "./run/run_dock.jsx";
import { RunBar, RunHead } from "./run/run_head.jsx";
import { show, useComposer, useFacts } from "./store.js";
import { EditHead, InHead, IssueButton } from "./ui/head.jsx";
import { Notice } from "./ui/notice.jsx";
import { Icon } from "./ui/parts.jsx";

async function load(config) {
  const { score, mayEdit, person, singleKeys, version } = config;
  const catalog = loadCatalog();
  const known = { score, mayEdit, person, singleKeys };
  if (config.run) return openRun(config.run.id, { ...known, catalog: await catalog });
  if (version || !mayEdit) return loadVersion(known, version, await catalog);
  const [draft, graph] = await Promise.all([call("GET", `/scores/${score.id}/draft`), get(`/scores/${score.id}/graph`)]);
  const arranged = (doc) => (isHeap(doc) ? arrange(doc, known.catalog) : doc);
  known.catalog = await catalog;
  show({
    ...known,
    isEditing: true,
    doc: arranged(documentIn(draft.body)),
    saved: arranged(documentIn(graph)),
    version: draft.body.base_version,
    issues: draft.body.issues,
    draft: { etag: draft.etag, savedAt: draft.body.saved_at, author: draft.body.author, state: "kept" },
  });
}

async function loadVersion(known, version, catalog) {
  const newest = await get(`/scores/${known.score.id}/graph`);
  const graph = version ? await get(`/scores/${known.score.id}/versions/${version}/graph`) : newest;
  show({ ...known, catalog, doc: laidOut(documentIn(graph), newest, catalog), version: graph.version, issues: graph.warnings });
}

export function App({ config }) {
  const [failure, setFailure] = useState(null);
  const isLoaded = useComposer((composer) => composer.catalog !== null);
  const isEditing = useComposer((composer) => composer.isEditing);
  useKeys();
  useEffect(() => {
    load(config).catch(setFailure);
  }, [config]);
  if (failure) return <Failed failure={failure} />;
  if (!isLoaded) return <p className="ms-composer-wait">Reading the score</p>;
  return (
    <ReactFlowProvider>
      {isEditing ? <Editing /> : config.run ? <Running /> : <Looking />}
      <Notice />
    </ReactFlowProvider>
  );
}

const Editing = () => (
  <div className="ms-stage ms-editing">
    <EditHead />
    <Palette />
    <div className="ms-board">
      <Editor />
    </div>
    <Dock />
    <Dialogs />
  </div>
);

const Running = () => (
  <div className="ms-stage is-run">
    <RunHead />
    <RunBar />
    <div className="ms-board">
      <Canvas nodesDraggable={false} nodesConnectable={false} />
    </div>
    <RunDock />
    <Dialogs />
  </div>
);

function Looking() {
  const { version, score, mayEdit } = useFacts();
  return (
    <div className="ms-stage is-looking">
      <InHead>
        <span className="ms-draft">
          Version {version}
          {mayEdit && version !== score.version && <a href="?">Go to the newest</a>}
        </span>
        <IssueButton />
      </InHead>
      <div className="ms-board">
        <Canvas nodesDraggable={false} nodesConnectable={false} />
      </div>
      <Dock />
      <Dialogs />
    </div>
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
