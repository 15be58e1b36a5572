// What is asked between two saves: a message, a choice between two people's work, where a new step goes.

import { useEffect, useState } from "react";

import { all, get } from "../api.js";
import { close, isChanged, now, tell, useComposer, useFacts } from "../store.js";
import { Dialog } from "../ui/dialog.jsx";
import { Button } from "../ui/parts.jsx";
import { Add } from "./add.jsx";
import { Connect, FindNode } from "./find_node.jsx";
import { Issues } from "./issues.jsx";
import { keep, keepMine, save, takeTheirs } from "./keeping.js";
import { KEYS } from "./keys.js";
import { clockOf, money } from "../ui/numbers.js";

export function Dialogs() {
  const dialog = useComposer((composer) => composer.dialog);
  if (dialog?.name === "save") return <Save />;
  if (dialog?.name === "conflict") return <Conflict {...dialog} />;
  if (dialog?.name === "keys") return <KeyList />;
  if (dialog?.name === "find") return <FindNode />;
  if (dialog?.name === "connect") return <Connect {...dialog} />;
  if (dialog?.name === "add") return <Add key={dialog.at?.x} {...dialog} />;
  return null;
}

function Save() {
  const { issues, version } = useFacts();
  const changed = useComposer(isChanged);
  const [message, setMessage] = useState("");
  const [refusal, setRefusal] = useState("");
  const [isBusy, setBusy] = useState(false);
  const errors = issues.filter((issue) => issue.level === "error");
  const reach = useReach();
  const cost = useCost(changed && !errors.length);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await save(message);
      if (now().dialog?.name === "save") close();
    } catch (failure) {
      setRefusal(failure.message);
    }
    setBusy(false);
  };
  if (!changed)
    return (
      <Dialog title="Nothing to save">
        <p>What you see is version {version}.</p>
        <Feet>
          <Button onClick={close}>Back</Button>
        </Feet>
      </Dialog>
    );
  return (
    <Dialog title={`Save version ${version + 1}`}>
      <form onSubmit={submit}>
        <p>{reach} Runs in flight go on with the version they began with.</p>
        {cost && <p>{cost}</p>}
        {issues.length > 0 && <Issues issues={issues} onGo={close} />}
        {refusal && !errors.length && (
          <p className="ms-bad" role="alert">
            {refusal}
          </p>
        )}
        <label className="ms-label">
          What changed
          <input className="ms-input" value={message} maxLength={500} data-first onChange={(event) => setMessage(event.target.value)} placeholder="Optional, for the history" />
        </label>
        <Feet>
          <Button onClick={close}>Back</Button>
          <button className="ms-btn is-primary" disabled={isBusy || errors.length > 0}>
            {errors.length ? "Mend the errors first" : `Save version ${version + 1}`}
          </button>
        </Feet>
      </form>
    </Dialog>
  );
}

/** What a run of what is drawn will cost, in words; empty until it is known. */
function useCost(isWanted) {
  const score = useComposer((composer) => composer.score);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (isWanted) foretold(score.id).then(setWords, () => {});
  }, [score.id, isWanted]);
  return words;
}

async function foretold(id) {
  if (!(await keep())) return "";
  const { basis, per_run_microdollars: run } = await get(`/scores/${id}/draft/forecast`);
  if (basis === "free") return "A run of it asks no model.";
  const how = basis === "recorded" ? "by what runs have used" : "estimated: no run has recorded all of it";
  return `A run of it will cost about ${money(run.expected)}, from ${money(run.low)} to ${money(run.high)} (${how}).`;
}

/** Who will play the next version, in words. */
function useReach() {
  const score = useComposer((composer) => composer.score);
  const [orchestras, setOrchestras] = useState([]);
  useEffect(() => {
    all("/orchestras").then((found) => setOrchestras(found.filter((one) => one.score_id === score.id)), () => {});
  }, [score.id]);
  const [following, pinned] = [orchestras.filter((one) => !one.score_version), orchestras.filter((one) => one.score_version)];
  const kept = pinned.length ? ` ${pinned.map((one) => one.name).join(", ")} ${pinned.length === 1 ? "keeps" : "keep"} to an older version.` : "";
  if (!following.length) return `The next run of this score plays it.${kept}`;
  return `Every next run plays it: ${following.map((one) => one.name).join(", ")}${following.some((one) => one.enabled) ? ", also on schedule" : ""}.${kept}`;
}

function Conflict({ theirs, etag }) {
  const { version, score } = useFacts();
  const isNewVersion = theirs.base_version > version;
  const who = theirs.author ? `${theirs.author} changed the draft at ${clockOf(theirs.saved_at)}.` : "The draft was dropped elsewhere.";
  const choose = (act) => async () => {
    close();
    try {
      await act({ theirs, etag });
    } catch (failure) {
      tell(failure.message, "bad");
    }
  };
  return (
    <Dialog title="Somebody else was faster">
      <p>
        {isNewVersion ? `This score is at version ${theirs.base_version} now; you began from version ${version}.` : who} What you see here is not kept yet.
      </p>
      {isNewVersion && (
        <p>
          <a href={`/admin/scores/score/${score.id}/composer/?version=${theirs.base_version}`} target="_blank" rel="noreferrer">
            Look at version {theirs.base_version}
          </a>{" "}
          in another tab before you choose.
        </p>
      )}
      <Feet>
        <Button onClick={choose(takeTheirs)}>{isNewVersion ? `Take version ${theirs.base_version}, let mine go` : "Take theirs, let mine go"}</Button>
        <Button className="is-primary" onClick={choose(keepMine)} data-first>
          {isNewVersion ? `Keep mine, to be version ${theirs.base_version + 1}` : "Keep mine in its place"}
        </Button>
      </Feet>
    </Dialog>
  );
}

function KeyList() {
  const { singleKeys } = useFacts();
  return (
    <Dialog title="Keys">
      <dl className="ms-keys">
        {KEYS.map(([keys, tells]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{tells}</dd>
          </div>
        ))}
      </dl>
      <p className="ms-cap">
        Keys of one character {singleKeys ? "can be switched off" : "are switched off for you"}: <a href="/admin/keyboard/">Keyboard</a>
      </p>
      <Feet>
        <Button onClick={close} data-first>
          Back
        </Button>
      </Feet>
    </Dialog>
  );
}

const Feet = ({ children }) => <footer className="ms-dialog-feet">{children}</footer>;
