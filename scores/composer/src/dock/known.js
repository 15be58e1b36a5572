// What is known of values: pinned samples, the last run's records, and the examples that skills bring.

import { useMemo } from "react";

import { all, get } from "../api.js";
import { isOneStep } from "../graph/fields.js";
import { isMap } from "../graph/kinds.js";
import { exampleOf } from "../graph/schema.js";
import { now, set, useFacts } from "../store.js";

let asked = false;

/** Reads the score's last run, once per page; `again` after another one. */
export async function loadValues(again = false) {
  if (asked && !again) return;
  asked = true;
  const { items } = await get(`/runs?score=${now().score.id}&limit=20`);
  const found = await lastPlayed(items.filter((one) => one.started_at && one.finished_at));
  if (found) set({ values: valuesIn(found.run, found.rows) });
}

/** The newest run that was more than one step, else the newest: {run, rows}, or null. */
async function lastPlayed(runs) {
  let newest = null;
  for (const run of runs) {
    const rows = await all(`/runs/${run.id}/nodes`);
    newest ??= { run, rows };
    if (!isOneStep(rows, now().doc)) return { run, rows };
  }
  return newest;
}

/** {run, rows: key -> its rows, iteration: the one that most nodes took part in}. */
function valuesIn(run, rows) {
  const byKey = new Map();
  const counts = new Map();
  for (const row of rows) {
    if (row.call !== 0 || row.status !== "succeeded") continue;
    if (!byKey.has(row.node)) byKey.set(row.node, []);
    byKey.get(row.node).push(row);
    if (row.iteration) counts.set(row.iteration, (counts.get(row.iteration) ?? 0) + 1);
  }
  const [iteration = ""] = [...counts].sort(([, one], [, other]) => other - one)[0] ?? [];
  return { run, rows: byKey, iteration };
}

/** Where a node's output is known from: {output, port, from: pinned | recorded | example}, or null. */
export function outputOf(node, { values, catalog }) {
  const sample = node.config?.sample;
  if (sample) return { output: sample.output ?? {}, port: sample.port ?? "success", from: "pinned" };
  const rows = values?.rows.get(node.key) ?? [];
  const row = rows.find((one) => one.iteration === values.iteration) ?? rows[0];
  if (row) return { output: row.output, port: row.port, from: "recorded" };
  const example = exampleFor(node, catalog);
  return example && { ...example, from: "example" };
}

function exampleFor(node, catalog) {
  const operation = catalog.operations.get(`${node.skill}.${node.operation}`);
  if (operation?.sample) return operation.sample;
  const schema = catalog.agents.get(node.agent_id)?.output_schema;
  if (node.kind === "llm") return { output: schema ? exampleOf(schema) : { text: "" }, port: "success" };
  if (isMap(node)) return { output: { [node.config?.output_field || "results"]: [], ended: 0, errors: [] }, port: "success" };
  if (node.subkind === "gate") return { output: { approved: [], dropped: [] }, port: "approved" };
  return null;
}

/** What graph/fields.js asks for: the run's input, and the output of each node. */
export function useKnown() {
  const { values, catalog } = useFacts();
  return useMemo(() => knownOf({ values, catalog }), [values, catalog]);
}

export const knownOf = (state) => ({
  input: state.values?.run.input ?? {},
  output: (node) => outputOf(node, state)?.output,
  from: (node) => outputOf(node, state)?.from,
});
