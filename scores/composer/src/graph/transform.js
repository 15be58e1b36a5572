// What an edge carries and how a node's input comes together: the rules of scores/transform.py.

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at a dotted path, or undefined. */
export function take(output, path) {
  let value = output;
  for (const name of path.split(".")) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function put(fields, path, value) {
  const names = path.split(".");
  const last = names.pop();
  for (const name of names) {
    fields[name] = isObject(fields[name]) ? { ...fields[name] } : {};
    fields = fields[name];
  }
  fields[last] = value;
}

/** What arrives of `output` at the far end: every field by its name, then the renames. */
export function carry(output, transform) {
  const renames = Object.entries(transform ?? {});
  const carried = Object.fromEntries(Object.entries(output ?? {}).filter(([name]) => !(transform && Object.hasOwn(transform, name))));
  for (const [source, target] of renames) {
    const value = take(output, source);
    if (value !== undefined) put(carried, target, value);
  }
  return carried;
}
