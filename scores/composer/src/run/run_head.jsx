// Over the canvas of a run: how it stands, and its items, of which one can be chosen.

import { call } from "../api.js";
import { insideOf } from "../graph/document.js";
import { isPlaying } from "../graph/played.js";
import { chosenNode, tell, useComposer, useFacts } from "../store.js";
import { InHead } from "../ui/head.jsx";
import { duration, money } from "../ui/numbers.js";
import { Button, Icon, Status } from "../ui/parts.jsx";
import { choose } from "./records.js";

const SHOWN = 400; // squares

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

const inView = (square) => square?.scrollIntoView({ block: "nearest", inline: "nearest" });
const nextOf = (paths, path) => paths[(paths.indexOf(path) + 1) % paths.length];

function Strip({ strip, path }) {
  const { map, squares } = strip;
  const failed = squares.filter((square) => square.tone === "failed").map((square) => square.path);
  const count = (tone) => squares.filter((square) => square.tone === tone).length;
  const told = `${squares.length} items of ${map}: ${count("ok")} succeeded, ${count("failed")} failed, ${count("running")} running, ${count("ended")} ended`;
  return (
    <>
      <i className="ms-bar-line" />
      <span className="ms-sub">{map}</span>
      <button type="button" className="ms-btn is-small ms-all" aria-pressed={path === ""} onClick={() => choose("")}>
        All {squares.length}
      </button>
      {failed.length > 0 && (
        <button type="button" className="ms-btn is-small is-danger" onClick={() => choose(nextOf(failed, path))} title="Go to the next one that failed">
          {failed.length} failed
        </button>
      )}
      <span className="ms-cells" role="group" aria-label={told}>
        {squares.slice(0, SHOWN).map((square) => (
          <button key={square.path} type="button" className={`is-${square.tone}`} aria-pressed={path === square.path} ref={path === square.path ? inView : null} title={`${map} ${square.label}: ${square.tone === "ok" ? "succeeded" : square.tone}`} onClick={() => choose(square.path === path ? "" : square.path)}>
            {square.label}
          </button>
        ))}
        {squares.length > SHOWN && <span className="ms-cap">and {squares.length - SHOWN} more</span>}
      </span>
    </>
  );
}
