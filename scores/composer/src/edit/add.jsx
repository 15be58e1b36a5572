// The palette's search where one is: behind a port that was pulled, at a place of the canvas, or behind what is selected.

import { useState } from "react";

import { findNode } from "../graph/document.js";
import { nextPort, portsOf } from "../graph/ports.js";
import { close, now, selectedNodes, useFacts } from "../store.js";
import { Dialog } from "../ui/dialog.jsx";
import { add, addBySelection, focusOn } from "./actions.js";
import { FindField, Found, useFinder } from "./finder.jsx";

const SIZE = { width: 330, height: 410 }; // px that it may take

export function Add({ at, after, screen }) {
  const behind = useBehind(at, after);
  const [port, setPort] = useState(behind.port);
  const finder = useFinder((offer) => {
    close();
    const key = at ? add(offer, { at, after }) : addBySelection(offer, port);
    setTimeout(() => focusOn(key)); // after the dialog has given the focus back
  }, 12);
  const style = screen ? { left: Math.min(screen.clientX, innerWidth - SIZE.width), top: Math.min(screen.clientY, innerHeight - SIZE.height) } : undefined;
  return (
    <Dialog title={behind.key ? `Add a step behind ${behind.key}` : "Add a step"} className={`is-add ${screen ? "is-placed" : ""}`} style={style}>
      {!after && behind.ports.length > 1 && <PortChoice ports={behind.ports} port={port} onPort={setPort} />}
      <FindField field={finder.field} isOpen={finder.found.length > 0} data-first />
      <Found {...finder} />
    </Dialog>
  );
}

/** What the new step is to follow: {key, ports, port}. */
function useBehind(at, after) {
  const { doc, catalog } = useFacts();
  const [key = after?.from] = at ? [] : selectedNodes(now());
  const node = key && findNode(doc, key);
  return node ? { key, ports: portsOf(node, catalog), port: nextPort(doc, node, catalog) } : { ports: [] };
}

/** By which port one leaves. */
export const PortChoice = ({ ports, port, onPort }) => (
  <label className="ms-row ms-by-port">
    <span className="ms-cap">by port</span>
    <select className="ms-input" value={port} onChange={(event) => onPort(event.target.value)}>
      {ports.map((one) => (
        <option key={one}>{one}</option>
      ))}
    </select>
  </label>
);
