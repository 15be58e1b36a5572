// The settings of a code step: a form made of its operation's schema.

import { useMemo } from "react";

import { edit } from "../edit/actions.js";
import { setConfig } from "../graph/edit.js";
import { arriving } from "../graph/fields.js";
import { fieldsOf } from "../graph/schema.js";
import { useFacts } from "../store.js";
import { SchemaField, Typed } from "./fields.jsx";
import { useKnown } from "./known.js";
import { Offers } from "./offers.jsx";
import { Secrets, useVault } from "./secrets.jsx";

export function OperationSettings({ node }) {
  const { catalog, doc } = useFacts();
  const known = useKnown();
  const { secrets } = useVault();
  const operation = catalog.operations.get(`${node.skill}.${node.operation}`);
  const fields = useMemo(() => fieldsOf(operation?.input_schema), [operation]);
  const from = useMemo(() => sourcesOf(arriving(doc, node.key, known)), [doc, node.key, known]);
  if (!operation) return <p className="ms-bad">No installed skill has {`${node.skill}.${node.operation}`}.</p>;
  const params = node.config?.params ?? {};
  const change = (name) => (value) => edit((before) => setParam(before, node.key, name, value), `param ${node.key} ${name}`);
  const others = Object.fromEntries(Object.entries(params).filter(([name]) => !fields.some((field) => field.name === name)));
  return (
    <>
      <p className="ms-cap ms-tells">{operation.description}</p>
      {fields.map((field) => (
        <SchemaField key={field.name} field={field} value={params[field.name]} arrives={from.get(field.name)} onValue={change(field.name)} />
      ))}
      {(operation.input_schema.additionalProperties === true || Object.keys(others).length > 0) && (
        <Typed label="Other fields" type="json" value={Object.keys(others).length ? others : undefined} mono placeholder='{"name": "value"}' help="Any other field of its input that no edge brings" onValue={(value) => edit((before) => setOthers(before, node, fields, value), `others ${node.key}`)} />
      )}
      <Secrets operation={operation} />
      <Offers fields={fields} params={params} secrets={secrets} />
    </>
  );
}

/** For each field that arrives, the node it is from: the last one, since that wins. */
function sourcesOf(brought) {
  const from = new Map();
  for (const { edge, fields } of brought) for (const name of Object.keys(fields)) from.set(name, edge.from);
  return from;
}

function setParam(doc, key, name, value) {
  const { params, ...rest } = doc.nodes.find((node) => node.key === key).config ?? {};
  const next = { ...params, [name]: value };
  if (value === undefined) delete next[name];
  return setConfig(doc, key, { ...rest, params: Object.keys(next).length ? next : undefined });
}

function setOthers(doc, node, fields, value) {
  const own = Object.fromEntries(Object.entries(node.config?.params ?? {}).filter(([name]) => fields.some((field) => field.name === name)));
  return setConfig(doc, node.key, { params: { ...own, ...(typeof value === "object" ? value : {}) } });
}
