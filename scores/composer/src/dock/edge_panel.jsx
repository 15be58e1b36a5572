// An edge: by which port it leaves, and what its fields are called where they arrive.

import { useMemo, useState } from "react";

import { edgeId, findNode } from "../graph/document.js";
import { edit } from "../edit/actions.js";
import { removeEdges, updateEdge } from "../graph/edit.js";
import { arriving, pathsIn } from "../graph/fields.js";
import { ON_ERROR, ownPorts } from "../graph/ports.js";
import { fieldsOf } from "../graph/schema.js";
import { open, select, useFacts } from "../store.js";
import { Button, Icon } from "../ui/parts.jsx";
import { Choice } from "./fields.jsx";
import { brief } from "./json.jsx";
import { useKnown } from "./known.js";
import { Told, WarningCount } from "./told.jsx";

export function EdgePanel({ edge }) {
  const { doc, catalog, issues, isEditing } = useFacts();
  const told = issues.filter((issue) => issue.edge && edgeId(issue.edge) === edgeId(edge));
  const source = findNode(doc, edge.from);
  const ports = [...new Set([...ownPorts(source, catalog), ON_ERROR, edge.from_port])];
  const move = (from_port) => {
    edit((before) => updateEdge(before, edgeId(edge), { from_port }));
    select([], [edgeId({ ...edge, from_port })]);
  };
  return (
    <div className="ms-dock is-edge" role="region" aria-label={`Edge from ${edge.from} to ${edge.to}`}>
      <section>
        <header className="ms-row">
          <Icon name="trending_flat" />
          <h2 className="ms-clip">{edge.from} to {edge.to}</h2>
          <WarningCount issues={told} />
        </header>
        <Told issues={told} />
        <fieldset className="ms-plain" disabled={!isEditing}><Choice label="Leaves by" value={edge.from_port} choices={ports.map((port) => [port, port])} onValue={move} /></fieldset>
        {isEditing && (
          <footer className="ms-row ms-wrap">
            <Button icon="add" onClick={() => open("add")} title="N">Put a step between</Button>
            <Button icon="delete" className="is-danger" onClick={() => edit((before) => removeEdges(before, [edgeId(edge)]))} title="Del">Take away</Button>
          </footer>
        )}
      </section>
      <Renames edge={edge} />
      <Carried edge={edge} />
    </div>
  ); // prettier-ignore
}

function Renames({ edge }) {
  const { doc, catalog, isEditing } = useFacts();
  const known = useKnown();
  const [extra, setExtra] = useState(0);
  const [held, setHeld] = useState(null); // {at, text}: what is typed and is, so far, another rename's field
  const pairs = Object.entries(edge.transform ?? {});
  const plain = useMemo(() => fieldsOfEdge(doc, { ...edge, transform: null }, known), [doc, edge, known]);
  const target = findNode(doc, edge.to);
  const wanted = fieldsOf(catalog.operations.get(`${target.skill}.${target.operation}`)?.input_schema);
  const write = (next) => {
    const filled = next.filter(([from, to]) => from || to);
    edit((before) => updateEdge(before, edgeId(edge), { transform: filled.length ? Object.fromEntries(filled) : null }), `rename ${edgeId(edge)}`);
  };
  const rows = [...pairs, ...Array.from({ length: extra || (pairs.length ? 0 : 1) }, () => ["", ""])];
  const change = (at, side, text) => {
    if (!side && text && rows.some(([from], index) => index !== at && from === text)) return setHeld({ at, text });
    setHeld(null);
    const next = rows.map((pair, index) => (index === at ? (side ? [pair[0], text] : [text, pair[1]]) : pair));
    if (next[at][0] && at >= pairs.length) setExtra(Math.max(0, extra - 1)); // the empty row is a rename now
    if (next[at][0] || at < pairs.length) write(next.filter(([from]) => from));
  };
  return (
    <section aria-label="Renames">
      <header className="ms-row">
        <h2>Renames</h2>
        <span className="ms-end ms-cap">what is not named here keeps its name</span>
      </header>
      <fieldset className="ms-plain" disabled={!isEditing}>
      {rows.map(([from, to], at) => (
        <span className="ms-row ms-rename" key={at}>
          <input className="ms-input ms-mono" list="composer-paths" aria-label={`Field ${at + 1} of ${edge.from}`} placeholder="field, or person.email" value={held?.at === at ? held.text : from} aria-invalid={held?.at === at} title={held?.at === at ? `${held.text} is renamed already` : undefined} onBlur={() => setHeld(null)} onChange={(event) => change(at, 0, event.target.value)} />
          <Icon name="arrow_forward" />
          <input className="ms-input ms-mono" list="composer-wanted" aria-label={`Its name in ${edge.to}`} placeholder="its name there" value={to} onChange={(event) => change(at, 1, event.target.value)} disabled={!from} />
          <Button icon="close" className="is-flat is-small" title="Take this rename out" disabled={at >= pairs.length} onClick={() => (write(pairs.filter((_, index) => index !== at)), enterLast())} />
        </span>
      ))}
      <Button icon="add" className="is-small" disabled={rows.length > pairs.length} onClick={() => (setExtra(extra + 1), enterLast())}>Another rename</Button>
      </fieldset>
      <datalist id="composer-paths">{pathsIn(plain).map(({ path, value }) => <option key={path} value={path} label={brief(value).slice(0, 40)} />)}</datalist>
      <datalist id="composer-wanted">{wanted.map(({ name, tells }) => <option key={name} value={name} label={tells} />)}</datalist>
    </section>
  ); // prettier-ignore
}

/** The button that was pressed is gone or off: the keyboard goes on in the last row. */
const enterLast = () => setTimeout(() => [...document.querySelectorAll(".ms-rename")].at(-1)?.querySelector("input").focus());

const fieldsOfEdge = (doc, edge, known) => {
  const alone = { ...doc, edges: doc.edges.map((one) => (edgeId(one) === edgeId(edge) ? edge : one)) };
  return arriving(alone, edge.to, known).find(({ edge: one }) => edgeId(one) === edgeId(edge))?.fields ?? {};
};

function Carried({ edge }) {
  const { doc } = useFacts();
  const known = useKnown();
  const fields = useMemo(() => fieldsOfEdge(doc, edge, known), [doc, edge, known]);
  return (
    <section aria-label="Arrives as">
      <header className="ms-row">
        <h2>Arrives as</h2>
      </header>
      <dl className="ms-up">
        {Object.entries(fields).map(([name, value]) => (
          <div key={name}>
            <dt className="ms-clip">{name}</dt>
            <dd className="ms-clip" title={brief(value)}>
              {brief(value)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
