// From an operation's JSON Schema to the fields of a form, and from what is typed to values. Pure.

const MONO = new Set(["csv", "query", "when", "template", "text"]);

/** The fields of an object's schema: [{name, title, type, choices, offers, tells, isRequired, otherwise, fields}]. */
export function fieldsOf(schema, root = schema) {
  const required = new Set(schema?.required ?? []);
  return Object.entries(schema?.properties ?? {}).map(([name, part]) => ({ name, ...field(part, root), isRequired: required.has(name) }));
}

function field(part, root) {
  const plain = resolved(part, root);
  const told = { title: part.title ?? plain.title, tells: part.description ?? plain.description ?? "", otherwise: part.default, offers: part["x-choices"] ?? plain["x-choices"] };
  if (plain.enum) return { ...told, type: "choice", choices: plain.enum };
  if (plain.type === "boolean" || plain.type === "integer" || plain.type === "number") return { ...told, type: plain.type };
  if (plain.type === "string") return { ...told, type: (plain.maxLength ?? 0) >= 10_000 ? "text" : "string" };
  if (plain.type === "array" && resolved(plain.items ?? {}, root).type === "string") return { ...told, type: "lines" };
  if (plain.type === "object" && plain.properties) return { ...told, type: "object", fields: fieldsOf(plain, root) };
  return { ...told, type: "json" };
}

/** The schema behind a reference, and without the null that an optional field allows. */
function resolved(part, root) {
  if (part.$ref) return resolved(root.$defs?.[part.$ref.split("/").pop()] ?? {}, root);
  const others = (part.anyOf ?? part.oneOf ?? []).filter((one) => one.type !== "null");
  if (others.length === 1) return resolved(others[0], root);
  if (part.allOf?.length === 1) return resolved(part.allOf[0], root);
  return part;
}

export const isMono = ({ name, type }) => type === "json" || type === "text" || MONO.has(name);

/** How a value is shown where it is typed. */
export function shown(value, type) {
  if (value === undefined || value === null) return "";
  if (type === "lines" && Array.isArray(value)) return value.join("\n");
  if (typeof value === "string" && type !== "json") return value;
  return JSON.stringify(value, null, 2);
}

/** {value} or {fault} of what was typed; an empty text is no value. */
export function parsed(text, type) {
  if (text.trim() === "") return { value: undefined };
  if (type === "lines") return { value: text.split("\n").map((line) => line.trim()).filter(Boolean) };
  if (type === "integer" || type === "number") {
    const number = Number(text);
    const fits = type === "integer" ? Number.isSafeInteger(number) : Number.isFinite(number);
    return fits ? { value: number } : { fault: type === "integer" ? "A whole number." : "A number." };
  }
  if (type !== "json") return { value: text };
  try {
    return { value: JSON.parse(text) };
  } catch (wrong) {
    return { fault: `Not JSON: ${wrong.message}` };
  }
}

/** An example that a schema lets expect: names with empty values, for lists of fields. */
export function exampleOf(schema, root = schema, depth = 0) {
  const plain = resolved(schema ?? {}, root);
  if (plain.examples?.length) return plain.examples[0];
  if (plain.enum) return plain.enum[0];
  if (plain.properties && depth < 4)
    return Object.fromEntries(Object.entries(plain.properties).map(([name, part]) => [name, exampleOf(part, root, depth + 1)]));
  if (plain.type === "array") return plain.items && depth < 3 ? [exampleOf(plain.items, root, depth + 1)] : [];
  return { string: "", integer: 0, number: 0, boolean: false, object: {} }[plain.type] ?? null;
}
