// Tries one node by itself on what would arrive there, and pins what it answers.

import { useEffect, useMemo, useState } from "react";

import { all, call, get } from "../api.js";
import { keep } from "../edit/keeping.js";
import { inputOf } from "../graph/fields.js";
import { isChanged, set, tell, useComposer, useFacts } from "../store.js";
import { clockOf, duration, money } from "../ui/numbers.js";
import { Button, Status } from "../ui/parts.jsx";
import { Json } from "./json.jsx";
import { outputOf, useKnown } from "./known.js";
import { pin, Sample } from "./sample.jsx";

const PAUSE = 300; // ms between two looks at a run that is being played

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Plays the node, and gives {run, row} when that has ended or waits. */
async function playAlone(score, node, input, mode) {
  if (!(await keep())) throw new Error("The draft is not kept yet.");
  const started = await call("POST", `/scores/${score.id}/draft/runs`, { node: node.key, input, mode });
  let run = started.body;
  while (["queued", "running"].includes(run.status)) {
    await pause(PAUSE);
    run = await get(`/runs/${run.id}`);
  }
  const rows = await all(`/runs/${run.id}/nodes`);
  return { run, row: rows.findLast((one) => one.node === node.key && one.call === 0) };
}

export function Test({ node }) {
  const { score, doc, tests, catalog, values } = useFacts();
  const known = useKnown();
  const arrives = useMemo(() => inputOf(doc, node.key, known), [doc, node.key, known]);
  const [typed, setTyped] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState("");
  const input = typed ?? JSON.stringify(arrives, null, 2);
  const result = tests?.[node.key];
  const sample = node.config?.sample;
  const latest = result?.row ?? null;
  const shown = latest ? { output: latest.output, port: latest.port } : outputOf(node, { values, catalog });
  useEffect(() => setRefusal(""), [node.key]);
  const test = async (mode) => {
    setBusy(true);
    setRefusal("");
    try {
      const done = await playAlone(score, node, JSON.parse(input || "{}"), mode);
      set(({ tests: before }) => ({ tests: { ...before, [node.key]: done } }));
    } catch (failure) {
      setRefusal(failure instanceof SyntaxError ? "The input is not JSON." : failure.message);
    }
    setBusy(false);
  };
  return (
    <section aria-label="Test">
      <header className="ms-row">
        <h2>Test</h2>
        <span className="ms-end">{latest && <Status name={latest.status} bare word={`${duration(Date.parse(latest.finished_at) - Date.parse(latest.started_at))}${latest.cost_microdollars ? `, ${money(latest.cost_microdollars, 6)}` : ""}`} />}</span>
      </header>
      <details className="ms-given">
        <summary>Given{typed === null ? " what arrives" : " what is typed"}</summary>
        <textarea className="ms-input ms-code" rows="5" aria-label="Input of the test" spellCheck="false" value={input} onChange={(event) => setTyped(event.target.value)} />
      </details>
      {refusal && <p className="ms-bad" role="alert">{refusal}</p>}
      {result && !latest && <p className="ms-bad" role="alert">{result.run.error?.message ?? "It has not been played."}</p>}
      {latest?.error && <p className="ms-bad" role="alert">{latest.error.message}</p>}
      {sample && <Sample node={node} sample={sample} />}
      {shown && shown.from !== "pinned" && !latest?.error && (
        <div className="ms-answer">
          {shown.port && shown.port !== "success" && <span className="ms-tag is-port">{shown.port}</span>}{" "}
          {!latest && <span className="ms-cap">{{ recorded: "from the last run", example: "an example" }[shown.from]}</span>}{" "}
          <Json value={shown.output} />
        </div>
      )}
      <footer className="ms-row ms-wrap">
        <Button icon="play_arrow" onClick={() => test("rehearsal")} disabled={isBusy}>
          {isBusy ? "Playing" : latest ? "Test again" : "Test this step"}
        </Button>
        <Button onClick={() => test("live")} disabled={isBusy} title={whatLiveDoes(node, catalog)}>Live</Button>
        {latest?.status === "succeeded" && <Button onClick={() => (pin(node, { port: latest.port ?? "success", output: latest.output }), tell("Pinned: rehearsals answer so."))}>Pin as sample</Button>}
        {values && <FromHere node={node} run={values.run} />}
        {!sample && node.kind !== "control" && <Button className="is-flat" onClick={() => pin(node, { port: shown?.port ?? "success", output: shown?.output ?? {} })} title="Rehearsals are answered by what you write">Write a sample</Button>}
        {sample && <Button className="is-flat" onClick={() => pin(node, undefined)}>Unpin</Button>}
      </footer>
      <p className="ms-cap">{whatATestDoes(node, catalog, sample)}</p>
    </section>
  ); // prettier-ignore
}

/** Plays what is drawn from this node on; what the last run recorded before it is taken over. */
function FromHere({ node, run }) {
  const { version, score } = useFacts();
  const isSaved = !useComposer(isChanged) && version > 0;
  const start = async () => {
    try {
      if (!(await keep())) throw new Error("The draft is not kept yet.");
      const [path, asked] = isSaved ? [`/runs/${run.id}/rerun`, { from: node.key, version }] : [`/scores/${score.id}/draft/runs`, { from: node.key, source: run.id }];
      const { body } = await call("POST", path, asked);
      location.href = `/admin/runs/run/${(body.run ?? body).id}/canvas/`;
    } catch (failure) {
      tell(failure.message, "bad");
    }
  };
  const before = `what the run at ${clockOf(run.started_at)} recorded before is taken over`;
  const why = isSaved ? `Plays version ${version} from here on (${run.mode}); ${before}` : `Rehearses the draft from here on; ${before}, but what you changed since plays again`;
  return (
    <Button icon="replay" onClick={start} title={why}>
      Run from here
    </Button>
  );
}

function whatATestDoes(node, catalog, sample) {
  if (sample) return "A test is answered by the pinned sample. Nothing is sent.";
  const operation = catalog.operations.get(`${node.skill}.${node.operation}`);
  if (node.kind === "llm") return "A test asks no model: it is answered from records or the schema. Live asks it.";
  if (operation && (operation.effect === "none" || operation.inside)) return "A test plays it for real: it changes nothing.";
  return "A test sends nothing: what would leave answers from samples.";
}

function whatLiveDoes(node, catalog) {
  if (node.kind === "llm") return "Asks the model, which costs money";
  const effect = catalog.operations.get(`${node.skill}.${node.operation}`)?.effect;
  return effect === "write" || effect === "local" ? "Plays it for real: what it writes stays" : "Plays it for real";
}
