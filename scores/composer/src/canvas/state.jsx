// What a node did in the run that is shown: nothing while a score is edited.

import { useComposer } from "../store.js";

export function NodeState({ id, isFrame, otherwise = null }) {
  const state = useComposer((composer) => composer.run?.states.get(id));
  const isRun = useComposer((composer) => composer.run !== null);
  if (!isRun) return otherwise && <span className="gives">{otherwise}</span>;
  if (isFrame) return <span className="gives is-told">{state?.text ?? ""}</span>;
  return null;
}
