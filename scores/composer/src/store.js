// What the page knows: the score, its document, what is selected. Parts read it by `useComposer(selector)`.

import { create } from "zustand";
import { useShallow } from "zustand/react/shallow";

import { EMPTY, isSame } from "./graph/document.js";
import { factsOf, fromDoc } from "./graph/flow.js";
import { plainly } from "./graph/labels.js";
import { NO_HISTORY } from "./graph/history.js";

export const useComposer = create(() => ({
  score: null,
  mayEdit: false,
  isEditing: false,
  person: "",
  singleKeys: true, // whether keys of one character do something
  catalog: null,
  doc: EMPTY,
  saved: EMPTY, // the document of the newest version
  version: 0, // the version that the work began from
  draft: null, // {etag, savedAt, author, state: kept | waiting | keeping | failed, message}
  issues: [],
  history: NO_HISTORY,
  flow: { nodes: [], edges: [] },
  target: null, // the frame or edge that a drop would go into
  dialog: null, // {name, ...} of the dialog that is open
  notice: null, // {text, tone}
  view: null, // what the canvas can be asked: {centre, fit, reveal}
  run: null,
  values: null, // what the last run recorded
  isTelling: false, // whether the warnings of what is selected are listed
  isBoxing: false, // while a box is drawn around several steps
  tests: {}, // by key: the last test of a node by itself
}));

/** All facts but what React Flow draws, which changes with every pixel of a drag. */
export const useFacts = () => useComposer(useShallow(withoutFlow));
const withoutFlow = ({ flow, ...facts }) => facts;

export const now = useComposer.getState;
export const set = useComposer.setState;

/** Takes new facts over and draws the document again, keeping what React Flow knows of its nodes. */
export function show(told) {
  const facts = told.issues ? { ...told, issues: told.issues.map(plainly) } : told;
  set((before) => {
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

/** Selects these nodes and edges and nothing else. */
export function select(keys, edges = []) {
  const mark = (list, ids) => list.map((one) => (!!one.selected === ids.includes(one.id) ? one : { ...one, selected: ids.includes(one.id) }));
  set(({ flow }) => ({ flow: { nodes: mark(flow.nodes, keys), edges: mark(flow.edges, edges) } }));
}

const idsOf = (list) => list.filter((one) => one.selected).map((one) => one.id);
export const selectedNodes = (state = now()) => idsOf(state.flow.nodes);
export const selectedEdges = (state = now()) => idsOf(state.flow.edges);

/** The one node, or the one edge, that is selected: as text, so that it can be compared. */
export const chosenNode = (state) => {
  const keys = selectedNodes(state);
  return keys.length === 1 ? keys[0] : null;
};
export const chosenEdge = (state) => {
  const ids = selectedEdges(state);
  return ids.length === 1 && !selectedNodes(state).length ? ids[0] : null;
};

export const isChanged = (state) => !isSame(state.doc, state.saved);
export const facts = (state = now()) => factsOf(state.doc, state.catalog, [], state.run !== null);

export const tell = (text, tone = "info") => set({ notice: { text, tone, at: Date.now() } });
export const open = (name, more = {}) => set({ dialog: { name, ...more } });
export const close = () => set({ dialog: null });
