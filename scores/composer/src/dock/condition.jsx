// A branch's conditions, each tried on what arrives as it is typed.

import { useEffect, useId, useState } from "react";

import { call } from "../api.js";
import { Icon } from "../ui/parts.jsx";

const WAIT = 250; // ms after the last letter

/** What the server says of a condition on this input: {holds, missing, message}, or null while it is asked. */
function useVerdict(when, input) {
  const [verdict, setVerdict] = useState(null);
  const asked = JSON.stringify({ when, input });
  useEffect(() => {
    let isOver = false;
    const ask = async () => {
      const said = await call("POST", "/conditions", JSON.parse(asked)).catch(() => null);
      if (!isOver) setVerdict(said?.body ?? null);
    };
    const timer = setTimeout(ask, WAIT);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [asked]);
  return verdict;
}

export function Condition({ when, input, paths, onChange, label }) {
  const id = useId();
  const verdict = useVerdict(when, input);
  const insert = (event) => {
    const path = event.target.value;
    event.target.value = "";
    if (path) onChange(when.trim() ? `${when.trimEnd()} input.${path}` : `input.${path}`);
  };
  return (
    <div className="ms-condition">
      <span className="ms-row">
        <textarea id={id} className="ms-input ms-code" rows="1" spellCheck="false" aria-label={label} aria-describedby={`${id}-says`} value={when} onChange={(event) => onChange(event.target.value)} />
        <select className="ms-input is-narrow" aria-label="Put in a field" title="Put in a field that arrives" value="" onChange={insert}>
          <option value="">+</option>
          {paths.map(({ path }) => (
            <option key={path}>{path}</option>
          ))}
        </select>
      </span>
      <Verdict id={`${id}-says`} verdict={verdict} />
    </div>
  );
}

function Verdict({ id, verdict }) {
  const [tone, icon, text] = said(verdict);
  return (
    <small id={id} className={`ms-verdict is-${tone}`} role="status">
      <Icon name={icon} />
      <span>{text}</span>
    </small>
  );
}

function said(verdict) {
  if (!verdict) return ["none", "hourglass_empty", "asking"];
  if (verdict.holds === null) return ["bad", "error", verdict.message];
  if (verdict.missing) return ["none", "remove", `does not hold: ${verdict.missing} is missing`];
  return verdict.holds ? ["good", "check", "holds for what arrives"] : ["none", "remove", "does not hold for what arrives"];
}
