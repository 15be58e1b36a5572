// What people read for the names of the wire: the labels of the forms, also in what is said to be wrong. Pure.

export const LABELS = {
  agent_id: "Agent",
  agent_version: "Version",
  subscore_id: "Score",
  timeout_seconds: "Seconds",
  input_schema: "Input schema",
  body_node_ids: "Body",
  items_field: "Items in",
  item_field: "Item as",
  output_field: "Gives",
  concurrency: "At a time",
  on_error: "On error",
  keep_empty: "Keep items for which nothing ran",
  expires_after_seconds: "Expires after",
  branches: "Branches",
  conditions: "Conditions",
  else_port: "Else",
  version: "Version",
  join: "Waits for",
  max_passes: "Passes",
  params: "Other fields",
  sample: "Sample",
};

const ELSEWHERE = { "config.params": "the settings", "config.ends": "“ends here” under Ports" }; // no label of one field
const KINDS = { deterministic: "a code step", llm: "an agent’s step", control: "a control step" };
const PARTS = { when: "condition", port: "port" };

/** What a form calls a field of the graph document: `config.params.email`, `agent_id`. */
export function labelOf(path) {
  if (path in ELSEWHERE) return ELSEWHERE[path];
  const [, at, part] = path.match(/^config\.conditions\.(\d+)\.(when|port)$/) ?? [];
  if (part) return `${PARTS[part]} ${Number(at) + 1}`;
  const name = path.replace(/^config\.(params\.)?/, "");
  const label = path.startsWith("config.params.") ? name : LABELS[name];
  return `“${label ?? name.replaceAll("_", " ")}”`;
}

const SAYS = { setting: labelOf, kind: (kind) => KINDS[kind] ?? kind };

/** What is wrong, in the words of the forms: by the places of its template, whatever its wording. */
export const said = ({ message, template, params }) =>
  template ? template.replace(/\{(\w+)\}/g, (_, place) => (SAYS[place] ?? String)(params[place])) : message;

/** An issue as it is shown here. */
export const plainly = (issue) => ({ ...issue, message: said(issue) });

/** What a refused save or start says: the first error, and how many more there are. */
export function refusal({ message, details }) {
  const [first, ...more] = details?.errors ?? [];
  if (!first?.template) return message;
  return said(first) + (more.length ? ` (${more.length} more)` : "");
}
