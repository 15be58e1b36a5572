// The buttons in the admin's header, beside the name of the page.

import { useState } from "react";
import { createPortal } from "react-dom";

import { call } from "../api.js";
import { arrangeAll, redo, undo } from "../edit/actions.js";
import { Issues } from "../edit/issues.jsx";
import { dropDraft, keep } from "../edit/keeping.js";
import { isChanged, now, open, tell, useComposer, useFacts } from "../store.js";
import { clockOf } from "./numbers.js";
import { Button, Icon } from "./parts.jsx";
import { Popover } from "./popover.jsx";

export const InHead = ({ children }) => createPortal(children, document.getElementById("composer-head"));

export function EditHead() {
  const { history, version } = useFacts();
  const changed = useComposer(isChanged);
  return (
    <InHead>
      <DraftState />
      <Button icon="undo" className="is-flat" title="Undo, Ctrl Z" onClick={undo} disabled={!history.past.length} />
      <Button icon="redo" className="is-flat" title="Redo, Ctrl Shift Z" onClick={redo} disabled={!history.future.length} />
      <Button icon="graph_2" className="is-flat" title="Arrange, Shift L" onClick={arrangeAll}>
        Arrange
      </Button>
      <IssueButton />
      <RunButton />
      <Button className="is-primary" onClick={() => open("save")} disabled={!changed} title="Ctrl S">
        Save version {version + 1}
      </Button>
    </InHead>
  );
}

export function DraftState() {
  const { draft, version } = useFacts();
  const changed = useComposer(isChanged);
  if (draft.state === "failed")
    return (
      <button type="button" className="ms-draft is-bad" title={draft.message} onClick={() => keep()}>
        <Icon name="cloud_off" />
        Not kept: try again
      </button>
    );
  if (!changed) return <span className="ms-draft">{version ? `Version ${version}` : "No version yet"}</span>;
  const kept = draft.state === "kept" ? `kept ${clockOf(draft.savedAt)}` : "keeping it";
  return (
    <span className="ms-draft" aria-live="polite">
      {version ? `Draft after version ${version}` : "Draft"}, {kept}
      <Button icon="delete_history" className="is-flat is-small" title={version ? `Drop the draft, back to version ${version}` : "Drop the draft"} onClick={() => dropDraft().catch((failure) => tell(failure.message, "bad"))} />
    </span>
  );
}

export function IssueButton() {
  const issues = useComposer((composer) => composer.issues);
  const errors = issues.filter((issue) => issue.level === "error").length;
  if (!issues.length) return null;
  const word = errors ? `${errors} ${errors === 1 ? "error" : "errors"}` : `${issues.length} ${issues.length === 1 ? "warning" : "warnings"}`;
  return (
    <Popover
      label={
        <>
          <span className={errors ? "ms-bad" : "ms-warn"}>
            <Icon name={errors ? "error" : "warning"} />
          </span>
          {word}
        </>
      }
    >
      {(close) => <Issues issues={issues} onGo={close} />}
    </Popover>
  );
}

function RunButton() {
  const { score } = useFacts();
  const place = `maestro.input.${score.id}`;
  const [input, setInput] = useState(() => localStorage.getItem(place) ?? "{}");
  const [refusal, setRefusal] = useState("");
  const play = async (mode) => {
    setRefusal("");
    try {
      const given = JSON.parse(input || "{}");
      localStorage.setItem(place, input);
      if (!(await keep())) return;
      const isSaved = !isChanged(now()) && now().version > 0;
      const { body } = await call("POST", `/scores/${score.id}/${isSaved ? "runs" : "draft/runs"}`, { input: given, mode });
      location.href = `/admin/runs/run/${body.id}/canvas/`;
    } catch (failure) {
      setRefusal(failure instanceof SyntaxError ? "The input is not JSON." : failure.message);
    }
  };
  const changed = isChanged(now());
  return (
    <Popover label="Rehearse" className="is-wide">
      {() => (
        <>
          <label className="ms-label">
            Input
            <textarea className="ms-input ms-code" rows="3" spellCheck="false" aria-label="Input" value={input} onChange={(event) => setInput(event.target.value)} />
          </label>
          <p className="ms-cap">Plays what you see{changed ? ", saved or not" : ""}. A rehearsal walks every node, calls no model and sends nothing, so it costs nothing.</p>
          {refusal && (
            <p className="ms-bad" role="alert">
              {refusal}
            </p>
          )}
          <footer className="ms-dialog-feet">
            <Button onClick={() => play("live")} icon="play_arrow">
              Play it live
            </Button>
            <Button className="is-primary" onClick={() => play("rehearsal")} icon="theater_comedy">
              Rehearse
            </Button>
          </footer>
        </>
      )}
    </Popover>
  );
}
