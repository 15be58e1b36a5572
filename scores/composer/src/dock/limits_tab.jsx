// What a node may take, and what becomes of its errors.

import { edit } from "../edit/actions.js";
import { setConfig, updateNode } from "../graph/edit.js";
import { LABELS } from "../graph/labels.js";
import { useFacts } from "../store.js";
import { Choice, Typed } from "./fields.jsx";

export function LimitsTab({ node }) {
  const { catalog } = useFacts();
  const change = (fields, tag) => edit((doc) => updateNode(doc, node.key, fields), tag && `${tag} ${node.key}`);
  const retry = node.retry ?? {};
  const setRetry = (name) => (value) => {
    const next = { ...retry, [name]: value };
    if (value === undefined) delete next[name];
    change({ retry: next }, `retry ${name}`);
  };
  const operation = catalog.operations.get(`${node.skill}.${node.operation}`);
  const hasTime = node.kind !== "control" || node.subkind === "subscore";
  return (
    <>
      {hasTime && <Typed label={LABELS.timeout_seconds} type="integer" value={node.timeout_seconds ?? undefined} placeholder={operation ? `${operation.timeout_seconds}, as the operation says` : "as usual"} help="The longest it may take" onValue={(value) => change({ timeout_seconds: value ?? null }, "seconds")} />}
      <Choice label={LABELS.on_error} value={node.on_error ?? "fail"} choices={[["fail", "the run fails"], ["continue", "the run goes on, counted"]]} onValue={(on_error) => change({ on_error })} help="An edge from the port on_error goes first" />
      {node.kind !== "control" && (
        <>
          <Typed label="Tries" type="integer" value={retry.attempts} placeholder="1" onValue={setRetry("attempts")} help="On unavailable, rate limited and timeout" />
          <Typed label="Wait, seconds" type="number" value={retry.backoff_seconds} placeholder="2, doubled each time" onValue={setRetry("backoff_seconds")} />
          <Typed label="At most" type="number" value={retry.max_seconds} placeholder="300" onValue={setRetry("max_seconds")} />
        </>
      )}
      <Typed label={LABELS.input_schema} type="json" mono rows={4} value={node.input_schema ?? undefined} placeholder="A JSON Schema that its input must fit" onValue={(input_schema) => change({ input_schema: input_schema ?? null }, "schema")} />
      <Typed label={LABELS.sample} type="json" mono rows={3} value={node.config?.sample} placeholder='{"port": "success", "output": {}}' help="What a rehearsal answers in its place" onValue={(sample) => edit((doc) => setConfig(doc, node.key, { sample }), `sample ${node.key}`)} />
    </>
  ); // prettier-ignore
}
