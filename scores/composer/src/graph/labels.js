// What people read for the names of the wire: the labels of the forms, also in what is said to be wrong.

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

const PHRASES = [
  [/is deterministic([;, ])/g, "is a code step$1"],
  [/is llm([;, ])/g, "is an agent’s step$1"],
  [/is control([;, ])/g, "is a control step$1"],
  [/name it in config\.ends/g, "tick “ends here” at the port"],
  [/give it in config\.params/g, "give it in the settings"],
  [/config\.params\.([\w.]+)/g, "“$1”"],
  [/config\.conditions\.(\d+)\.(when|port)/g, (_, at, part) => `${part === "when" ? "condition" : "port"} ${Number(at) + 1}`],
  [/config\.([a-z_]+)/g, (_, name) => `“${LABELS[name] ?? name.replaceAll("_", " ")}”`],
  [/\b(agent_id|agent_version|subscore_id|timeout_seconds|input_schema|body_node_ids)\b/g, (_, name) => `“${LABELS[name]}”`],
];

/** A message of the API in the words of the forms; programs read its path. */
export const plain = (message) => PHRASES.reduce((text, [from, to]) => text.replace(from, to), message);

/** An issue as it is shown here. */
export const plainly = (issue) => ({ ...issue, message: plain(issue.message) });
