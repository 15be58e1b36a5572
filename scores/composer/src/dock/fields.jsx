// The fields of a form: each keeps what is typed, and tells the value when it is one.

import { useId, useState } from "react";

import { isMono, parsed, shown } from "../graph/schema.js";

/** A label and what stands beside it. */
export const Row = ({ label, children, help, id, isRequired, fault }) => (
  <div className="ms-field">
    <label htmlFor={id} title={typeof help === "string" ? help : undefined}>
      {label}
      {isRequired && <i title="needed">*</i>}
    </label>
    <div className="ms-field-value">
      {children}
      {fault && (
        <small className="ms-bad" role="alert">
          {fault}
        </small>
      )}
    </div>
  </div>
);

/** Text that becomes a value of `type`; `onValue` is told undefined when it is emptied. */
export function Typed({ label, value, type = "string", onValue, placeholder, help, isRequired, mono, list, rows }) {
  const id = useId();
  const [text, setText] = useState(() => shown(value, type));
  const [told, setTold] = useState(value);
  const [fault, setFault] = useState("");
  if (told !== value && JSON.stringify(told) !== JSON.stringify(value)) {
    setTold(value);
    setText(shown(value, type)); // changed from outside: undone, or pinned
    setFault("");
  }
  const change = (event) => {
    const result = parsed(event.target.value, type);
    setText(event.target.value);
    setFault(result.fault ?? "");
    if (!result.fault) {
      setTold(result.value);
      onValue(result.value);
    }
  };
  const many = type === "json" || type === "lines" || type === "text";
  const props = { id, value: text, onChange: change, placeholder, "aria-invalid": !!fault, className: `ms-input ${mono ? "ms-code" : ""}`, spellCheck: false };
  return (
    <Row label={label} id={id} help={help} isRequired={isRequired} fault={fault}>
      {many ? <textarea rows={rows ?? 2} {...props} /> : <input type="text" inputMode={type === "integer" ? "numeric" : undefined} list={list} autoComplete="off" {...props} />}
    </Row>
  );
}

export function Choice({ label, value, choices, onValue, empty, help, isRequired }) {
  const id = useId();
  return (
    <Row label={label} id={id} help={help} isRequired={isRequired}>
      <select id={id} className="ms-input" value={value === undefined || value === null ? "" : String(value)} onChange={(event) => onValue(pick(choices, event.target.value))}>
        {empty !== undefined && <option value="">{empty}</option>}
        {choices.map(([known, word]) => (
          <option key={String(known)} value={String(known)}>
            {word}
          </option>
        ))}
      </select>
    </Row>
  );
}

const pick = (choices, text) => choices.find(([known]) => String(known) === text)?.[0];

export function Tick({ label, value, onValue, help }) {
  const id = useId();
  return (
    <Row label="" id={id} help={help}>
      <label className="ms-tick">
        <input id={id} type="checkbox" checked={!!value} onChange={(event) => onValue(event.target.checked)} />
        {label}
      </label>
    </Row>
  );
}

/** One field of an operation's input: typed here, or arriving over an edge. */
export function SchemaField({ field, value, onValue, arrives, secrets }) {
  const label = field.title ?? field.name;
  const from = arrives ? `from ${arrives}` : field.otherwise !== undefined && field.otherwise !== null ? brief(field.otherwise) : "";
  const common = { label: <code title={label}>{field.name}</code>, value, onValue, help: field.tells, isRequired: field.isRequired && !arrives };
  if (field.type === "object") return <Nested field={field} value={value} onValue={onValue} secrets={secrets} />;
  if (field.type === "boolean") return <Choice {...common} choices={[[true, "yes"], [false, "no"]]} empty={from ? `${from}` : "not said"} />; // prettier-ignore
  if (field.type === "choice") return <Choice {...common} choices={field.choices.map((one) => [one, String(one)])} empty={from || "not said"} />;
  const list = field.offers && `composer-${field.offers}`;
  return <Typed {...common} type={field.type} placeholder={from || field.tells} mono={isMono(field)} list={list} />;
}

const brief = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function Nested({ field, value, onValue, secrets }) {
  const change = (name) => (inner) => {
    const next = { ...value, [name]: inner };
    for (const key of Object.keys(next)) if (next[key] === undefined) delete next[key];
    onValue(Object.keys(next).length ? next : undefined);
  };
  return (
    <fieldset className="ms-nested">
      <legend title={field.tells}>
        <code>{field.name}</code>
      </legend>
      {field.fields.map((inner) => (
        <SchemaField key={inner.name} field={inner} value={value?.[inner.name]} onValue={change(inner.name)} secrets={secrets} />
      ))}
    </fieldset>
  );
}
