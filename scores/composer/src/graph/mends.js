// What can be mended with one click, of what is said to be wrong. Pure.

import { findNode, ownersOf } from "./document.js";
import { connect, setConfig } from "./edit.js";
import { ITEM } from "./ports.js";

/** {word, make: document -> document} of an issue, or null. */
export function mendOf(doc, { code, node: key, params }) {
  const node = key && findNode(doc, key);
  if (!node) return null;
  const owner = ownersOf(doc).get(key);
  if (code === "unreached_body_node" && owner !== undefined) return { word: `Lead each item of ${owner} to it`, make: (before) => connect(before, { from: owner, from_port: ITEM, to: key }) };
  if (code === "port_goes_nowhere") return endsHere(node, params.port);
  if (code === "join_does_not_wait") return { word: "Wait for all of them", make: (before) => setConfig(before, key, { join: "all" }) };
  return null;
}

function endsHere(node, port) {
  const ends = node.config?.ends ?? [];
  return !ends.includes(port) ? { word: `It ends here on purpose`, make: (before) => setConfig(before, node.key, { ends: [...ends, port] }) } : null;
}
