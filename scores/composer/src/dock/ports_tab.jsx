// How a node is left and entered: every edge can be drawn here without a mouse.

import { edgeId, findNode } from "../graph/document.js";
import { edit, join } from "../edit/actions.js";
import { removeEdges, reorderEdge, setConfig, whyNot } from "../graph/edit.js";
import { LABELS } from "../graph/labels.js";
import { isMap } from "../graph/kinds.js";
import { ITEM, ON_ERROR, ownPorts } from "../graph/ports.js";
import { select, useFacts } from "../store.js";
import { Button } from "../ui/parts.jsx";
import { Choice, Typed } from "./fields.jsx";
import { enterDock } from "./in_sight.js";

export function PortsTab({ node }) {
  const { doc, catalog, isEditing } = useFacts();
  const into = doc.edges.filter((edge) => edge.to === node.key).sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
  const configure = (change) => edit((before) => setConfig(before, node.key, change));
  return (
    <>
      {[...ownPorts(node, catalog), ON_ERROR].map((port) => (
        <Port key={port} node={node} port={port} doc={doc} ends={node.config?.ends ?? []} configure={configure} />
      ))}
      {into.length > 1 && <h3>Arrives, the later wins</h3>}
      {into.length > 1 && (
        <ul className="ms-edges">
          {into.map((edge, at) => (
            <li key={edgeId(edge)}>
              <EdgeLink edge={edge} text={`${edge.from}${edge.from_port === "success" ? "" : `.${edge.from_port}`}`} />
              {isEditing && <Button icon="arrow_upward" className="is-flat is-small" title="Merge earlier" disabled={!at} onClick={() => edit((before) => reorderEdge(before, edgeId(edge), -1))} />}
              {isEditing && <Button icon="arrow_downward" className="is-flat is-small" title="Merge later" disabled={at === into.length - 1} onClick={() => edit((before) => reorderEdge(before, edgeId(edge), 1))} />}
            </li>
          ))}
        </ul>
      )}
      <fieldset className="ms-plain" disabled={!isEditing}>
      {into.length > 1 && (
        <Choice label={LABELS.join} value={node.config?.join ?? "any"} choices={joins(into.length, node.config?.join)} onValue={(join) => configure({ join: join === "any" ? undefined : join })} help="All edges settle in any case; it plays when so many of them brought something" />
      )}
      <Typed label={LABELS.max_passes} type="integer" value={node.config?.max_passes ?? undefined} placeholder="once; how often edges may lead back here" onValue={(max_passes) => configure({ max_passes })} />
      </fieldset>
    </>
  );
}

const joins = (count, now) => [
  ["any", "one of them"],
  ["all", "all of them"],
  ...Array.from({ length: Math.max(count, typeof now === "number" ? now : 0) - 1 }, (_, index) => [index + 2, `at least ${index + 2}`]),
];

const EdgeLink = ({ edge, text }) => (
  <button type="button" className="ms-linked ms-clip" onClick={() => (select([], [edgeId(edge)]), setTimeout(enterDock))} title="Renames and more of this edge">
    {text}
  </button>
);

function Port({ node, port, doc, ends, configure }) {
  const { isEditing } = useFacts();
  const out = doc.edges.filter((edge) => edge.from === node.key && (edge.from_port ?? "success") === port);
  const targets = doc.nodes.filter(({ key }) => !whyNot(doc, { from: node.key, from_port: port, to: key }));
  const mayEnd = !out.length && port !== ON_ERROR && !(isMap(node) && port === ITEM);
  const tick = (isEnd) => configure({ ends: isEnd ? [...ends, port] : ends.length > 1 ? ends.filter((one) => one !== port) : undefined });
  return (
    <div className="ms-port">
      <span className="ms-tag is-port">{port}</span>
      <ul className="ms-edges">
        {out.map((edge) => (
          <li key={edgeId(edge)}>
            <EdgeLink edge={edge} text={`to ${edge.to}`} />
            {isEditing && <Button icon="close" className="is-flat is-small" title={`Take the edge to ${edge.to} away`} onClick={() => edit((before) => removeEdges(before, [edgeId(edge)]))} />}
          </li>
        ))}
      </ul>
      {isEditing && (
        <select className="ms-input is-narrow" aria-label={`Lead ${port} to`} title="Draw an edge" value="" onChange={(event) => join({ from: node.key, from_port: port, to: event.target.value })}>
          <option value="">+ to …</option>
          {targets.map(({ key }) => (
            <option key={key}>{key}</option>
          ))}
        </select>
      )}
      {mayEnd && findNode(doc, node.key) && (
        <label className="ms-tick" title="No warning that nothing follows">
          <input type="checkbox" checked={ends.includes(port)} disabled={!isEditing} onChange={(event) => tick(event.target.checked)} />
          ends here
        </label>
      )}
    </div>
  );
}
