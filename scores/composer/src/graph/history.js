// Undo and redo: whole documents, since they share what did not change. Pure.

const MOST = 200;
const SAME_STROKE = 900; // ms within which edits of one field are one step

export const NO_HISTORY = { past: [], future: [], tag: "", at: 0 };

/** The history after an edit; edits with the same tag, one soon after the other, are one step. */
export function remember(history, before, tag = "", at = Date.now()) {
  const goesOn = tag !== "" && tag === history.tag && at - history.at < SAME_STROKE;
  const past = goesOn ? history.past : [...history.past, before].slice(-MOST);
  return { past, future: [], tag, at };
}

/** {history, doc} one step back, or null at the beginning. */
export function undo({ past, future }, doc) {
  if (!past.length) return null;
  return { doc: past.at(-1), history: { past: past.slice(0, -1), future: [doc, ...future], tag: "", at: 0 } };
}

/** {history, doc} one step forward again, or null at the end. */
export function redo({ past, future }, doc) {
  if (!future.length) return null;
  return { doc: future[0], history: { past: [...past, doc], future: future.slice(1), tag: "", at: 0 } };
}
