// Values: in one line, and as a tree.

import { count } from "../graph/words.js";

/** A value in one line. */
export function brief(value) {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

const TONES = { string: "s", number: "m", boolean: "m" };

/** JSON, folded where it is deep or long. */
export function Json({ value, depth = 0 }) {
  if (typeof value !== "object" || value === null)
    return <span className={`v ${TONES[typeof value] ?? "c"}`}>{JSON.stringify(value) ?? "null"}</span>;
  const entries = Object.entries(value);
  if (!entries.length) return <span className="c">{Array.isArray(value) ? "[]" : "{}"}</span>;
  return (
    <div className={depth ? "" : "ms-json"}>
      {entries.slice(0, 100).map(([name, inner]) => (
        <Entry key={name} name={name} value={inner} depth={depth} />
      ))}
      {entries.length > 100 && <span className="c">and {entries.length - 100} more</span>}
    </div>
  );
}

function Entry({ name, value, depth }) {
  const isDeep = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isDeep)
    return (
      <div>
        <span className="k">{name}</span> <Json value={value} depth={depth + 1} />
      </div>
    );
  return (
    <details open={depth < 1}>
      <summary>
        <span className="k">{name}</span> <span className="c">{Array.isArray(value) ? count(value.length, "item", "items") : ""}</span>
      </summary>
      <div>
        <Json value={value} depth={depth + 1} />
      </div>
    </details>
  );
}
