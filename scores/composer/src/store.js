// What the page knows: the score, its document, what is selected. Parts read it by `useComposer(selector)`.

import { create } from "zustand";

import { EMPTY } from "./graph/document.js";
import { fromDoc } from "./graph/flow.js";

export const useComposer = create(() => ({
  score: null,
  mayEdit: false,
  catalog: null,
  doc: EMPTY,
  issues: [],
  flow: { nodes: [], edges: [] },
  run: null,
}));

export const now = useComposer.getState;

/** Takes new facts over and draws the document again, keeping what React Flow knows of its nodes. */
export function show(facts) {
  useComposer.setState((before) => {
    const state = { ...before, ...facts };
    const drawn = fromDoc(state.doc, state.catalog, { issues: state.issues, withState: state.run !== null });
    return { ...facts, flow: { nodes: kept(drawn.nodes, before.flow.nodes), edges: kept(drawn.edges, before.flow.edges) } };
  });
}

function kept(drawn, before) {
  const known = new Map(before.map((one) => [one.id, one]));
  return drawn.map((one) => {
    const { selected, measured } = known.get(one.id) ?? {};
    return { ...one, ...(selected ? { selected } : {}), ...(measured ? { measured } : {}) };
  });
}
