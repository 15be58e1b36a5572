// What arrives at a node: each field with the last value that is known of it.

import { useMemo } from "react";

import { edgeId, findNode } from "../graph/document.js";
import { arriving } from "../graph/fields.js";
import { ITEM } from "../graph/ports.js";
import { select, useFacts } from "../store.js";
import { clockOf } from "../ui/numbers.js";
import { enterDock } from "./in_sight.js";
import { brief } from "./json.jsx";
import { useKnown } from "./known.js";

export function Arrives({ node }) {
  const { doc, values } = useFacts();
  const known = useKnown();
  const brought = useMemo(() => arriving(doc, node.key, known), [doc, node.key, known]);
  return (
    <section aria-label="Arrives here">
      <header className="ms-row">
        <h2>Arrives here</h2>
        <span className="ms-end ms-cap">{values ? toldOf(values) : "not played yet"}</span>
      </header>
      {!brought.length && <p className="ms-cap">Nothing leads here, so it is given the run’s input.</p>}
      {!brought.length && <Fields fields={known.input} />}
      {brought.map(({ edge, fields }) => (
        <div key={edgeId(edge)} className="ms-brought">
          <p className="ms-row">
            <span className="ms-cap">from</span>
            <button type="button" className="ms-linked" onClick={() => (select([], [edgeId(edge)]), setTimeout(enterDock))} title="Renames on this edge">
              {edge.from}
            </button>
            {edge.from_port !== "success" && <span className="ms-tag is-port">{edge.from_port}</span>}
            {edge.from_port !== ITEM && <Known from={known.from(findNode(doc, edge.from))} />}
          </p>
          <Fields fields={fields} />
        </div>
      ))}
    </section>
  );
}

const toldOf = ({ run, iteration }) => {
  const item = iteration.split("/").pop().split(":")[1];
  return `values ${item ? `of item ${item}, ` : "of the "}run at ${clockOf(run.started_at)}`;
};

const Known = ({ from }) => (from === "pinned" ? <span className="ms-tag">pinned</span> : from === "example" ? <span className="ms-cap">example</span> : null);

const Fields = ({ fields }) => (
  <dl className="ms-up">
    {Object.entries(fields).map(([name, value]) => (
      <div key={name}>
        <dt className="ms-clip" title={name}>
          {name}
        </dt>
        <dd className="ms-clip" title={brief(value)}>
          {brief(value)}
        </dd>
      </div>
    ))}
  </dl>
);
