// What a node did in the run that is shown: nothing while a score is edited.

import { STATUSES } from "../graph/kinds.js";
import { useComposer } from "../store.js";
import { Icon } from "../ui/parts.jsx";

const TONES = { succeeded: "ok", failed: "failed", needs_attention: "failed", running: "running", waiting: "waiting" };

export function NodeState({ id, isFrame, otherwise = null }) {
  const state = useComposer((composer) => composer.run?.states.get(id));
  const isRun = useComposer((composer) => composer.run !== null);
  if (!isRun) return otherwise && <span className="gives">{otherwise}</span>;
  if (!state) return null;
  if (isFrame) return <span className="gives is-told">{state.text}</span>;
  return (
    <>
      <span className={`state is-${TONES[state.status] ?? "none"} ${state.status === "running" ? "is-running" : ""}`}>
        <Icon name={STATUSES[state.status]} />
        <span className="ms-hidden">{state.status}: </span>
        {state.text}
      </span>
      <span className="mini" aria-hidden="true">
        {state.parts.map(([tone, count]) => (
          <i key={tone} className={`is-${tone}`} style={{ width: `${(count / Math.max(1, state.of)) * 100}%` }} />
        ))}
      </span>
    </>
  );
}
