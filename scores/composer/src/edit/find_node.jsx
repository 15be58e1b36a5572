// Finds a step that is on the canvas already: by its key, its label, or what it calls.

import { useState } from "react";

import { iconOf } from "../graph/kinds.js";
import { linesOf } from "../graph/words.js";
import { close, now, select, useFacts } from "../store.js";
import { Dialog } from "../ui/dialog.jsx";
import { KindTile } from "../ui/parts.jsx";
import { FindField } from "./finder.jsx";

export function FindNode() {
  const { doc, catalog } = useFacts();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const told = (node) => [node.key, node.label, ...linesOf(node, catalog)].join(" ").toLowerCase();
  const found = doc.nodes.filter((node) => words.every((word) => told(node).includes(word)));
  const go = ({ key }) => {
    close();
    select([key]);
    now().view?.reveal(key);
  };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt(Math.max(0, Math.min(found.length - 1, at + step)));
    else if (event.key === "Enter" && found[at]) go(found[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const field = { value: text, onChange: (event) => (setText(event.target.value), setAt(0)), onKeyDown };
  return (
    <Dialog title="Find on the canvas" className="is-add">
      <FindField field={field} isOpen={found.length > 0} autoFocus />
      <ul id="composer-found" className="ms-found" role="listbox" aria-label="Steps on the canvas">
        {found.map((node, index) => (
          <li key={node.key} role="option" aria-selected={index === at} className={`ms-offer ${index === at ? "is-at" : ""}`} ref={index === at ? (row) => row?.scrollIntoView({ block: "nearest" }) : null} onClick={() => go(node)}>
            <KindTile family={node.kind} icon={iconOf(node, catalog)} />
            <span className="ms-clip">
              {node.key}
              <small className="ms-clip">{node.label || linesOf(node, catalog)[0]}</small>
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
