// Finds a step that is on the canvas already, by its key, its label, or what it calls: to go there, or to lead an edge there.

import { useState } from "react";

import { findNode } from "../graph/document.js";
import { whyNot } from "../graph/edit.js";
import { iconOf } from "../graph/kinds.js";
import { nextPort, portsOf } from "../graph/ports.js";
import { linesOf } from "../graph/words.js";
import { close, now, select, useFacts } from "../store.js";
import { Dialog } from "../ui/dialog.jsx";
import { KindTile } from "../ui/parts.jsx";
import { focusOn, join } from "./actions.js";
import { PortChoice } from "./add.jsx";
import { FindField } from "./finder.jsx";

export function FindNode() {
  const { doc } = useFacts();
  const go = ({ key }) => {
    close();
    select([key]);
    now().view?.reveal(key);
    setTimeout(() => focusOn(key)); // after the dialog has given the focus back
  };
  return (
    <Dialog title="Find on the canvas" className="is-add">
      <Nodes nodes={doc.nodes} onChoose={go} />
    </Dialog>
  );
}

/** Draws an edge from a step to one that is there. */
export function Connect({ from }) {
  const { doc, catalog } = useFacts();
  const source = findNode(doc, from);
  const [port, setPort] = useState(nextPort(doc, source, catalog));
  const nodes = doc.nodes.filter(({ key }) => !whyNot(doc, { from, from_port: port, to: key }));
  const draw = ({ key }) => {
    close();
    join({ from, from_port: port, to: key });
    setTimeout(() => focusOn(from));
  };
  return (
    <Dialog title={`Lead ${from} to`} className="is-add">
      <PortChoice ports={portsOf(source, catalog)} port={port} onPort={setPort} />
      <Nodes nodes={nodes} onChoose={draw} />
    </Dialog>
  );
}

function Nodes({ nodes, onChoose }) {
  const { catalog } = useFacts();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const told = (node) => [node.key, node.label, ...linesOf(node, catalog)].join(" ").toLowerCase();
  const isNamed = (node) => node.key.startsWith(text.trim().toLowerCase());
  const matching = nodes.filter((node) => words.every((word) => told(node).includes(word)));
  const found = [...matching.filter(isNamed), ...matching.filter((node) => !isNamed(node))];
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt(Math.max(0, Math.min(found.length - 1, at + step)));
    else if (event.key === "Enter" && found[at]) onChoose(found[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const field = { value: text, onChange: (event) => (setText(event.target.value), setAt(0)), onKeyDown };
  return (
    <>
      <FindField field={field} isOpen={found.length > 0} data-first />
      {!found.length && <p className="ms-cap ms-found-none">{nodes.length ? `No step here is called “${text}”.` : "There is no step to which it can lead."}</p>}
      <ul id="composer-found" className="ms-found" role="listbox" aria-label="Steps on the canvas">
        {found.map((node, index) => (
          <li key={node.key} role="option" aria-selected={index === at} className={`ms-offer ${index === at ? "is-at" : ""}`} ref={index === at ? (row) => row?.scrollIntoView({ block: "nearest" }) : null} onClick={() => onChoose(node)}>
            <KindTile family={node.kind} icon={iconOf(node, catalog)} />
            <span className="ms-clip">
              {node.key}
              <small className="ms-clip">{node.label || linesOf(node, catalog)[0]}</small>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
