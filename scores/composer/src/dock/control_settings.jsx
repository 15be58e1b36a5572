// The settings of control nodes.

import { useMemo } from "react";

import { edit } from "../edit/actions.js";
import { renamePort, setConfig, updateNode } from "../graph/edit.js";
import { inputOf, pathsIn } from "../graph/fields.js";
import { LABELS } from "../graph/labels.js";
import { useFacts } from "../store.js";
import { Button } from "../ui/parts.jsx";
import { Condition } from "./condition.jsx";
import { Choice, Row, Tick, Typed } from "./fields.jsx";
import { useKnown } from "./known.js";

export function ControlSettings({ node }) {
  const { doc } = useFacts();
  const known = useKnown();
  const input = useMemo(() => ({ ...node.config?.params, ...inputOf(doc, node.key, known) }), [doc, node, known]);
  const configure = (change, tag) => edit((before) => setConfig(before, node.key, change), tag && `${tag} ${node.key}`);
  const Settings = { map_over: MapSettings, branch: BranchSettings, gate: GateSettings, parallel: ParallelSettings, subscore: SubscoreSettings }[node.subkind];
  return <Settings node={node} config={node.config ?? {}} input={input} configure={configure} />;
}

const Lists = ({ input }) => (
  <datalist id="composer-lists">
    {Object.entries(input)
      .filter(([, value]) => Array.isArray(value))
      .map(([name]) => (
        <option key={name} value={name} />
      ))}
  </datalist>
);

const MapSettings = ({ config, input, configure }) => (
  <>
    <Typed label={LABELS.items_field} value={config.items_field} isRequired list="composer-lists" placeholder="the field that holds the list" onValue={(items_field) => configure({ items_field: items_field ?? "" }, "items")} />
    <Typed label={LABELS.item_field} value={config.item_field} placeholder="item" help="The name under which the body finds it" onValue={(item_field) => configure({ item_field }, "item")} />
    <Typed label={LABELS.output_field} value={config.output_field} placeholder="results" onValue={(output_field) => configure({ output_field }, "gives")} />
    <Typed label={LABELS.concurrency} type="integer" value={config.concurrency} placeholder="5" onValue={(concurrency) => configure({ concurrency }, "at a time")} />
    <Choice label={LABELS.on_error} value={config.on_error ?? "collect"} choices={[["collect", "collect it, the others go on"], ["stop", "end the run"]]} onValue={(on_error) => configure({ on_error })} />
    <Tick label={LABELS.keep_empty} value={config.keep_empty} onValue={(keep_empty) => configure({ keep_empty: keep_empty || undefined })} />
    <Row label={LABELS.body_node_ids}>{(config.body_node_ids ?? []).join(", ") || "nothing yet: drag steps into the frame"}</Row>
    <Lists input={input} />
  </>
); // prettier-ignore

function BranchSettings({ node, config, input, configure }) {
  const paths = useMemo(() => pathsIn(input), [input]);
  const cases = config.conditions ?? [];
  const setCase = (at, change) => configure({ conditions: cases.map((one, index) => (index === at ? { ...one, ...change } : one)) }, `case ${at}`);
  const rename = (at, port) => edit((doc) => renamePort(setConfig(doc, node.key, { conditions: cases.map((one, index) => (index === at ? { ...one, port } : one)) }), node.key, cases[at].port, port), `port ${at} ${node.key}`);
  const move = (at, by) => {
    const next = [...cases];
    next.splice(at + by, 0, ...next.splice(at, 1));
    configure({ conditions: next });
  };
  return (
    <>
      <p className="ms-cap ms-tells">The first condition that holds picks the port. The only name is <code>input</code>.</p>
      {cases.map((one, at) => (
        <fieldset className="ms-case" key={at}>
          <span className="ms-row">
            <input className="ms-input ms-mono" aria-label={`Port ${at + 1}`} value={one.port} onChange={(event) => rename(at, event.target.value)} />
            <Button icon="arrow_upward" className="is-flat is-small" title="Ask earlier" disabled={!at} onClick={() => move(at, -1)} />
            <Button icon="arrow_downward" className="is-flat is-small" title="Ask later" disabled={at === cases.length - 1} onClick={() => move(at, 1)} />
            <Button icon="close" className="is-flat is-small" title={`Take ${one.port} out`} disabled={cases.length === 1} onClick={() => configure({ conditions: cases.filter((_, index) => index !== at) })} />
          </span>
          <Condition label={`Condition for ${one.port}`} when={one.when} input={input} paths={paths} onChange={(when) => setCase(at, { when })} />
        </fieldset>
      ))}
      <Button icon="add" className="is-small" onClick={() => configure({ conditions: [...cases, { port: `case_${cases.length + 1}`, when: 'input.field == "value"' }] })}>
        Another condition
      </Button>
      <Typed label={LABELS.else_port} value={config.else_port} placeholder="else" onValue={(port = "else") => edit((doc) => renamePort(setConfig(doc, node.key, { else_port: port }), node.key, config.else_port ?? "else", port), `else ${node.key}`)} />
    </>
  ); // prettier-ignore
}

const GateSettings = ({ config, input, configure }) => (
  <>
    <p className="ms-cap ms-tells">The run waits here, without a worker, until a person has decided on each item.</p>
    <Typed label={LABELS.items_field} value={config.items_field ?? undefined} list="composer-lists" placeholder="the whole input, as one" onValue={(items_field) => configure({ items_field }, "items")} />
    <Typed label={LABELS.expires_after_seconds} type="integer" value={config.expires_after_seconds ?? undefined} placeholder="never; seconds" onValue={(expires_after_seconds) => configure({ expires_after_seconds }, "expires")} />
    <Lists input={input} />
  </>
);

function ParallelSettings({ node, config }) {
  const write = (branches = []) => edit((doc) => namedAnew(setConfig(doc, node.key, { branches }), node.key, config.branches ?? [], branches), `branches ${node.key}`);
  return <Typed label={LABELS.branches} type="lines" rows="4" value={config.branches} isRequired help="One port in each line; the input leaves by all of them" onValue={write} />;
}

/** Where one branch is called otherwise now, its edges go along. */
function namedAnew(doc, key, before, branches) {
  const changed = before.length === branches.length ? before.flatMap((name, at) => (name === branches[at] ? [] : [at])) : [];
  return changed.length === 1 ? renamePort(doc, key, before[changed[0]], branches[changed[0]]) : doc;
}

function SubscoreSettings({ node, config, configure }) {
  const { catalog, score } = useFacts();
  const choices = [...catalog.scores.values()].filter((one) => one.id !== score.id && one.version > 0).map((one) => [one.id, one.name]);
  const held = catalog.scores.get(node.subscore_id);
  return (
    <>
      <Choice label={LABELS.subscore_id} value={node.subscore_id} choices={choices} empty="Choose a score" isRequired onValue={(id) => edit((doc) => setConfig(updateNode(doc, node.key, { subscore_id: id ?? null }), node.key, { version: undefined }))} />
      {held && <Choice label={LABELS.version} value={config.version} empty={`newest, now v${held.version}`} choices={Array.from({ length: held.version }, (_, index) => [held.version - index, `keep v${held.version - index}`])} onValue={(version) => configure({ version: version ?? undefined })} />}
      {held && <p className="ms-cap ms-tells"><a href={`/admin/scores/score/${held.id}/composer/`}>Open {held.name}</a></p>}
    </>
  ); // prettier-ignore
}
