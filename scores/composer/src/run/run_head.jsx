// Over the canvas of a run: how it stands, and its items, of which one can be chosen.

import { call } from "../api.js";
import { insideOf } from "../graph/document.js";
import { isPlaying } from "../graph/played.js";
import { chosenNode, tell, useComposer, useFacts } from "../store.js";
import { InHead } from "../ui/head.jsx";
import { duration, money } from "../ui/numbers.js";
import { Button, Icon, Status } from "../ui/parts.jsx";
import { Strip } from "./strip.jsx";

export function RunHead() {
  const { run, score, mayEdit } = useFacts();
  const { told } = run;
  const page = `/admin/runs/run/${told.id}/change/`;
  const act = (path) => async () => {
    try {
      const { body } = await call("POST", `/runs/${told.id}/${path}`, path === "rerun" ? {} : undefined);
      if (path === "rerun") location.href = `/admin/runs/run/${body.run.id}/canvas/`;
    } catch (failure) {
      tell(failure.message, "bad");
    }
  };
  return (
    <InHead>
      <a className="ms-btn" href={page}>
        <Icon name="table_rows" />
        Timeline
      </a>
      <a className="ms-btn" href={`/admin/scores/score/${score.id}/composer/`}>
        <Icon name="draw" />
        {mayEdit ? "Edit the score" : "The score"}
      </a>
      {mayEdit && !isPlaying(told) && told.status !== "needs_attention" && (
        <Button icon="replay" onClick={act("rerun")} title="A new run on the same input">
          Run again
        </Button>
      )}
      {mayEdit && (isPlaying(told) || told.status === "needs_attention") && (
        <Button className="is-danger" onClick={act("cancel")}>
          Cancel run
        </Button>
      )}
    </InHead>
  );
}

export function RunBar() {
  const { run, doc, score } = useFacts();
  const key = useComposer(chosenNode);
  const { told, strips, path } = run;
  const strip = strips.find(({ map }) => key === map || (key && insideOf(doc, map).includes(key))) ?? strips.find(({ map }) => path.includes(`${map}:`)) ?? strips[0];
  const asks = told.status === "needs_attention" ? "Answer" : told.waiting_for === "gate" && isPlaying(told) ? "Decide" : "";
  const took = told.started_at ? Date.parse(told.finished_at ?? new Date().toISOString()) - Date.parse(told.started_at) : null;
  return (
    <div className="ms-items" role="region" aria-label="How the run stands">
      <Status name={told.status} word={told.status === "waiting" && told.waiting_for ? `Waiting for ${told.waiting_for}` : undefined} />
      {asks && (
        <a className="ms-btn is-small is-primary" href={`/admin/runs/run/${told.id}/change/`}>
          {asks}
        </a>
      )}
      <a className="ms-clip" href={`/admin/scores/score/${score.id}/change/`}>
        {score.name}
      </a>
      <span className="ms-cap ms-num">{[told.score_version ? `version ${told.score_version}` : "from its draft", told.mode, duration(took), money(told.cost_microdollars)].filter(Boolean).join(", ")}</span>
      {told.errors > 0 && <span className="ms-tag is-bad">{told.errors === 1 ? "1 error collected" : `${told.errors} errors collected`}</span>}
      {told.error && (
        <span className="ms-bad ms-clip" title={told.error.message}>
          {told.error.message}
        </span>
      )}
      {strip && strip.squares.length > 0 && <Strip strip={strip} path={path} />}
    </div>
  );
}
