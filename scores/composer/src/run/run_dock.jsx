// Below the canvas of a run: what the selected node did, one record of it, and its values.

import { useState } from "react";

import { call } from "../api.js";
import { findNode } from "../graph/document.js";
import { iconOf } from "../graph/kinds.js";
import { byStatus, isPlaying } from "../graph/played.js";
import { chosenNode, tell, useComposer, useFacts } from "../store.js";
import { duration, money } from "../ui/numbers.js";
import { Button, KindTile, Status } from "../ui/parts.jsx";
import { useInSight } from "../dock/in_sight.js";
import { Json } from "../dock/json.jsx";

export function RunDock() {
  const key = useComposer(chosenNode);
  const { doc, run } = useFacts();
  useInSight(key);
  const node = key === null ? null : findNode(doc, key);
  if (!node) return null;
  return <NodeDock key={key} node={node} state={run.states.get(key)} run={run} />;
}

function NodeDock({ node, state, run }) {
  const [wanted, setWanted] = useState(null);
  const groups = byStatus(state.rows);
  const group = groups.find((one) => one.status === wanted) ?? groups[0];
  const [at, setAt] = useState(0);
  const row = group?.rows[Math.min(at, group.rows.length - 1)];
  return (
    <div className="ms-dock is-run" role="region" aria-label={`What ${node.key} did`}>
      <Counts node={node} groups={groups} group={group} state={state} onChoose={(status) => (setWanted(status), setAt(0))} />
      <Record node={node} row={row} run={run} group={group} at={at} setAt={setAt} />
      <Values row={row} run={run} />
    </div>
  );
}

function Counts({ node, groups, group, state, onChoose }) {
  const { catalog } = useFacts();
  const agent = catalog.agents.get(node.agent_id);
  return (
    <section aria-label="By status">
      <header className="ms-row">
        <KindTile family={node.kind} icon={iconOf(node, catalog)} />
        <h2 className="ms-clip">{node.key}</h2>
        <span className="ms-end ms-cap ms-clip">{agent ? agent.name : node.operation && `${node.skill}.${node.operation}`}</span>
      </header>
      {node.label && <p className="ms-cap">{node.label}</p>}
      {!groups.length && <Status name={state.status} bare />}
      <ul className="ms-counts">
        {groups.map(({ status, rows, p50, cost }) => (
          <li key={status}>
            <button type="button" aria-pressed={group.status === status} onClick={() => onChoose(status)}>
              <Status name={status} bare />
              <span className="ms-num">{rows.length}</span>
              <span className="ms-num ms-sub">{rows.length > 1 && p50 !== undefined ? "p50 " : ""}{duration(p50)}</span>
              <span className="ms-num">{money(cost)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  ); // prettier-ignore
}

function Record({ node, row, run, group, at, setAt }) {
  const { mayEdit } = useFacts();
  if (!row) return <section aria-label="Record"><p className="ms-cap">{isPlaying(run.told) ? "Nothing is recorded of it yet." : "It was not played."}</p></section>;
  const item = row.iteration.split("/").map((part) => part.replace(/.*:/, "")).join("·");
  const title = `${row.iteration ? `Item ${item} ` : ""}${row.status.replaceAll("_", " ")}`;
  const tokens = row.tokens.input + row.tokens.output + row.tokens.cache_read + row.tokens.cache_write;
  return (
    <section aria-label="Record">
      <header className="ms-row">
        <h2>{title[0].toUpperCase() + title.slice(1)}</h2>
        {row.error && <span className="ms-tag is-bad ms-mono">{row.error.code}</span>}
        {row.port && row.port !== "success" && row.port !== "*" && <span className="ms-tag is-port">{row.port}</span>}
        <span className="ms-end ms-row">
          {group.rows.length > 1 && <Browse at={at} count={group.rows.length} setAt={setAt} />}
          <span className="ms-cap ms-num">{new Date(row.finished_at ?? row.started_at ?? Date.now()).toLocaleTimeString([], { hour12: false })}</span>
        </span>
      </header>
      {row.error && <p>{row.error.message}</p>}
      {row.error && goesOn(node, row, run) && <p className="ms-cap">{goesOn(node, row, run)}</p>}
      <p className="ms-cap ms-num">
        {[row.attempt > 1 && `attempt ${row.attempt}`, row.model, row.agent_version && `agent v${row.agent_version}`, tokens > 0 && `${tokens.toLocaleString("en")} tokens`, row.cost_microdollars > 0 && money(row.cost_microdollars, 6)].filter(Boolean).join(", ")}
      </p>
      <footer className="ms-row ms-wrap">
        {mayEdit && !isPlaying(run.told) && <FromHere key={`${node.key} ${row.iteration}`} node={node} row={row} run={run.told} />}
        {row.status === "waiting" && node.subkind === "gate" && <a className="ms-btn is-primary" href={`/admin/runs/run/${run.told.id}/change/?node=${node.key}`}>Decide</a>}
        {row.agent_id && <a className="ms-btn" href={`/admin/agents/agent/${row.agent_id}/change/`}>Open agent</a>}
        <a className="ms-btn" href={`/admin/runs/run/${run.told.id}/change/?node=${node.key}${row.iteration ? `&at=${encodeURIComponent(row.iteration)}` : ""}`}>On the timeline</a>
      </footer>
    </section>
  ); // prettier-ignore
}

const goesOn = (node, row, run) =>
  row.iteration && run.told.status !== "failed" ? "The other items go on, because errors are collected." : "";

const Browse = ({ at, count, setAt }) => (
  <span className="ms-row ms-browse">
    <Button icon="chevron_left" className="is-flat is-small" title="The one before" disabled={at === 0} onClick={() => setAt(at - 1)} />
    <span className="ms-cap ms-num">{at + 1} of {count}</span>
    <Button icon="chevron_right" className="is-flat is-small" title="The next one" disabled={at >= count - 1} onClick={() => setAt(at + 1)} />
  </span>
); // prettier-ignore

/** Play again from this node on; of a failed item that item alone. What it writes again stands on the button before it starts. */
function FromHere({ node, row, run }) {
  const isItem = row.iteration !== "" && row.status === "failed";
  const [consequence, setConsequence] = useState(null);
  const start = async () => {
    try {
      if (!isItem && consequence === null) {
        const { body } = await call("GET", `/runs/${run.id}/rerun?from=${encodeURIComponent(node.key)}`);
        if (body.writes_again || body.may_write.length) return setConsequence(writesOf(body));
      }
      const [path, body] = isItem ? ["repair", { items: [{ node: node.key, iteration: row.iteration }] }] : ["rerun", { from: node.key }];
      const answer = await call("POST", `/runs/${run.id}/${path}`, body);
      location.href = `/admin/runs/run/${answer.body.run.id}/canvas/`;
    } catch (failure) {
      tell(failure.message, "bad");
    }
  };
  const item = row.iteration.split(":").at(-1);
  return (
    <Button icon="replay" onClick={start} title="A new run; what was recorded before is taken over, not paid again">
      {isItem ? `Re-run item ${item} from here` : consequence ?? "Re-run from here"}
    </Button>
  );
}

const writesOf = ({ writes_again, may_write }) =>
  writes_again
    ? `Re-run, ${writes_again === 1 ? "1 write happens" : `${writes_again} writes happen`} again`
    : `Re-run, ${may_write.join(", ")} may write`;

const TABS = ["Output", "Input", "Error"];

function Values({ row, run }) {
  const [wanted, setTab] = useState(null);
  if (!row) return <section aria-label="Values" />;
  const known = { Output: row.output, Input: row.input, Error: row.error };
  const tab = wanted ?? (row.error ? "Error" : "Output");
  const query = new URLSearchParams({ of: tab.toLowerCase(), node: row.node, at: row.iteration, attempt: row.attempt, call: row.call });
  return (
    <section aria-label="Values">
      <header className="ms-row">
        <span className="ms-row ms-dock-tabs" role="tablist">
          {TABS.filter((one) => one !== "Error" || row.error).map((one) => (
            <button key={one} type="button" role="tab" aria-selected={tab === one} onClick={() => setTab(one)}>{one}</button>
          ))}
        </span>
        <a className="ms-end ms-btn is-small" href={`/admin/runs/run/${run.told.id}/raw/?${query}`} target="_blank" rel="noreferrer">Raw</a>
      </header>
      {known[tab] === null || known[tab] === undefined ? <p className="ms-cap">Nothing.</p> : <div className="ms-shown"><Json value={known[tab]} /></div>}
    </section>
  ); // prettier-ignore
}
