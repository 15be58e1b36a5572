// The settings of a model's turn: who plays it, at which version; and that agent itself, with who else it would reach.

import { useEffect, useState } from "react";

import { call, get } from "../api.js";
import { edit } from "../edit/actions.js";
import { keep } from "../edit/keeping.js";
import { setConfig, updateNode } from "../graph/edit.js";
import { LABELS } from "../graph/labels.js";
import { now, set, show, tell, useFacts } from "../store.js";
import { money } from "../ui/numbers.js";
import { Button, Icon } from "../ui/parts.jsx";
import { Choice, Typed } from "./fields.jsx";

export function AgentSettings({ node }) {
  const { catalog } = useFacts();
  const [isOpen, setOpen] = useState(false);
  const agent = catalog.agents.get(node.agent_id);
  const change = (fields, tag) => edit((doc) => updateNode(doc, node.key, fields), tag);
  const choices = [...catalog.agents.values()].sort((one, other) => one.name.localeCompare(other.name)).map((one) => [one.id, `${one.name} · v${one.version}`]);
  return (
    <>
      <Choice label={LABELS.agent_id} value={node.agent_id} choices={choices} empty="Choose an agent" isRequired onValue={(agent_id) => change({ agent_id: agent_id ?? null, agent_version: null })} />
      {agent && <Shared agent={agent} isOpen={isOpen} toggle={() => setOpen(!isOpen)} />}
      {agent && isOpen && <AgentEditor key={`${agent.id} ${agent.version}`} agent={agent} onDone={() => setOpen(false)} />}
      {agent && (
        <Choice label={LABELS.agent_version} value={node.agent_version} empty={`newest, now v${agent.version}`} choices={Array.from({ length: agent.version }, (_, index) => [agent.version - index, `keep v${agent.version - index}`])} onValue={(agent_version) => change({ agent_version: agent_version ?? null })} />
      )}
      <Typed label={LABELS.params} type="json" mono value={node.config?.params} placeholder='{"tone": "brief"}' help="Fields of its input that no edge brings" onValue={(params) => edit((doc) => setConfig(doc, node.key, { params }), `params ${node.key}`)} />
    </>
  );
}

function Shared({ agent, isOpen, toggle }) {
  const { isEditing } = useFacts();
  const page = `/admin/agents/agent/${agent.id}/change/`;
  if (!isEditing) return <p className="ms-cap ms-tells"><a href={page} target="_blank" rel="noreferrer">Open the agent</a></p>;
  return (
    <p className="ms-cap ms-tells">
      {agent.scores > 1 ? `Shared by ${agent.scores} scores. ` : ""}
      <button type="button" className="ms-linked" onClick={toggle} aria-expanded={isOpen}>
        {agent.scores > 1 ? "Edit shared" : "Edit it here"}
      </button>{" "}
      or <a href={page} target="_blank" rel="noreferrer">open it</a>
      {agent.scores > 1 && <Fork agent={agent} />}
    </p>
  ); // prettier-ignore
}

/** A copy for this score alone. The saved score is given it, so the draft is kept first and told too. */
function Fork({ agent }) {
  const fork = async () => {
    try {
      await keep();
      const { body } = await call("POST", "/agents", { ...fieldsOf(agent), name: `${agent.name} for ${now().score.name}`.slice(0, 120), source_agent_id: agent.id, note: `From ${agent.name} v${agent.version}` });
      remember({ ...body, scores: 0, nodes: 0 });
      edit((doc) => ({ ...doc, nodes: doc.nodes.map((one) => (one.agent_id === agent.id ? { ...one, agent_id: body.id, agent_version: null } : one)) }));
      tell(`${body.name} is this score’s own, from its next save on.`, "good");
    } catch (failure) {
      tell(failure.message, "bad");
    }
  };
  return (
    <>
      {", or "}
      <button type="button" className="ms-linked" onClick={fork}>
        fork here
      </button>
    </>
  );
}

const fieldsOf = ({ description, model, system_prompt, allowed_tools, output_schema, parameters }) => ({ description, model, system_prompt, allowed_tools, output_schema, parameters });

function remember(agent) {
  const agents = new Map(now().catalog.agents);
  agents.set(agent.id, { ...agents.get(agent.id), ...agent });
  show({ catalog: { ...now().catalog, agents } });
}

/** The prompt of a shared agent, edited where it is played; says first what the save will reach. */
function AgentEditor({ agent, onDone }) {
  const [prompt, setPrompt] = useState(agent.system_prompt);
  const [reach, setReach] = useState(null);
  const [refusal, setRefusal] = useState("");
  useEffect(() => {
    get(`/agents/${agent.id}/reach`).then(setReach, () => {});
  }, [agent.id]);
  const save = async () => {
    try {
      const { body } = await call("PATCH", `/agents/${agent.id}`, { system_prompt: prompt, note: `Edited in ${now().score.name}` }, { "If-Match": `"${agent.version}"` });
      remember(body);
      tell(`${body.name} is at v${body.version}; every next run plays it.`, "good");
      onDone();
    } catch (failure) {
      setRefusal(failure.message);
    }
  };
  const isChanged = prompt !== agent.system_prompt;
  const others = reach ? reach.scores.filter((one) => one.score_id !== now().score.id) : [];
  return (
    <div className="ms-agent">
      {isChanged && others.length > 0 && (
        <div className="ms-notice">
          <Icon name="share" />
          <p>
            <b>Used elsewhere.</b> Saving makes v{agent.version + 1}, and every next run of {[...others.map((one) => one.name), "this score"].join(", ")} uses it
            {reach.runs_per_day > 0 && `: ${reach.runs_per_day} runs a day, ${money(reach.cost_cents_per_month * 10_000, 2)} a month`}.
            {reach.runs_in_flight > 0 && ` ${reach.runs_in_flight} in flight keep v${agent.version}.`}
          </p>
        </div>
      )}
      <textarea className="ms-input ms-code" rows="8" aria-label="System prompt" value={prompt} onChange={(event) => setPrompt(event.target.value)} />
      {refusal && <p className="ms-bad" role="alert">{refusal}</p>}
      <footer className="ms-row">
        <Button className="is-small is-primary" disabled={!isChanged || !reach} onClick={save}>
          {others.length ? `Save v${agent.version + 1} for ${others.length + 1} scores` : `Save v${agent.version + 1}`}
        </Button>
        <Button className="is-small" onClick={onDone}>Leave it as it is</Button>
      </footer>
    </div>
  ); // prettier-ignore
}
