// One node: its settings, what arrives there, and a test of it.

import { useState } from "react";

import { edit, focusOn, removeSelected } from "../edit/actions.js";
import { findNode } from "../graph/document.js";
import { renameKey, updateNode } from "../graph/edit.js";
import { iconOf, kindWord } from "../graph/kinds.js";
import { now, select, useFacts } from "../store.js";
import { Button, KindTile } from "../ui/parts.jsx";
import { AgentSettings } from "./agent_settings.jsx";
import { Arrives } from "./arrives.jsx";
import { ControlSettings } from "./control_settings.jsx";
import { Row, Typed } from "./fields.jsx";
import { LimitsTab } from "./limits_tab.jsx";
import { OperationSettings } from "./operation_settings.jsx";
import { PortsTab } from "./ports_tab.jsx";
import { Test } from "./test.jsx";
import { Told, WarningCount } from "./told.jsx";

const KINDS = { deterministic: OperationSettings, llm: AgentSettings, control: ControlSettings };
const TABS = ["Settings", "Ports", "Limits"];

export function NodePanel({ node }) {
  const { catalog, issues, isEditing } = useFacts();
  const [tab, setTab] = useState("Settings");
  const told = issues.filter((issue) => issue.node === node.key);
  const Settings = KINDS[node.kind];
  return (
    <div className="ms-dock" role="region" aria-label={`Settings of ${node.key}`}>
      <section>
        <header className="ms-row">
          <KindTile family={node.kind} icon={iconOf(node, catalog)} />
          <h2 className="ms-clip" title={node.key}>{node.key}</h2>
          <WarningCount issues={told} />
          <span className="ms-end ms-row ms-dock-tabs" role="tablist">
            {TABS.map((one) => (
              <button key={one} type="button" role="tab" aria-selected={tab === one} onClick={() => setTab(one)}>{one}</button>
            ))}
          </span>
        </header>
        <Told issues={told} />
        {tab === "Ports" && <PortsTab node={node} />}
        <fieldset className="ms-plain" disabled={!isEditing}>
        {tab === "Settings" && (
          <>
            <Settings node={node} />
            <Name node={node} />
            <footer className="ms-row">
              <Button icon="delete" className="is-small is-danger" onClick={removeSelected} title="Del">Take this {kindWord(node)} step away</Button>
            </footer>
          </>
        )}
        {tab === "Limits" && <LimitsTab node={node} />}
        </fieldset>
      </section>
      <Arrives node={node} />
      {isEditing && <Test node={node} />}
    </div>
  ); // prettier-ignore
}

const KEY = /^[a-z][a-z0-9_]{0,79}$/;

/** Its key is taken over at the end of typing, because edges and runs name it. */
function Name({ node }) {
  const [key, setKey] = useState(node.key);
  const { doc } = useFacts();
  const isTaken = key !== node.key && findNode(doc, key);
  const fault = !KEY.test(key) ? "Small letters, digits and _, a letter first." : isTaken ? "Another step is called so." : "";
  const rename = () => {
    if (fault || key === node.key) return setKey(node.key);
    edit((before) => renameKey(before, node.key, key));
    if (now().doc.nodes.some((one) => one.key === key)) select([key]);
    setTimeout(() => document.activeElement === document.body && focusOn(key)); // this field is another step's now
  };
  return (
    <>
      <Row label="Key" id="composer-key" fault={fault}>
        <input id="composer-key" className="ms-input ms-mono" value={key} spellCheck="false" onChange={(event) => setKey(event.target.value)} onBlur={rename} onKeyDown={(event) => event.key === "Enter" && event.target.blur()} />
      </Row>
      <Typed label="Label" value={node.label || undefined} placeholder="what people see" onValue={(label) => edit((before) => updateNode(before, node.key, { label: label ?? "" }), `label ${node.key}`)} />
    </>
  ); // prettier-ignore
}
