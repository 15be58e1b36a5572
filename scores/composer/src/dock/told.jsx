// What is wrong with what is selected: errors in sight, warnings behind their number, since they keep nobody from saving.

import { Mend } from "../edit/issues.jsx";
import { set, useComposer } from "../store.js";
import { count } from "../graph/words.js";
import { Icon } from "../ui/parts.jsx";

const ICONS = { error: "error", warning: "warning" };

/** The number of warnings, in the head of a panel: opens and closes them, also for what is selected next. */
export function WarningCount({ issues }) {
  const isTelling = useComposer((composer) => composer.isTelling);
  const warnings = issues.filter((issue) => issue.level === "warning").length;
  if (!warnings) return null;
  const word = count(warnings, "warning", "warnings");
  return (
    <button type="button" className="ms-warnings" aria-expanded={isTelling} aria-label={word} title={word} onClick={() => set({ isTelling: !isTelling })}>
      <Icon name="warning" />
      {warnings}
    </button>
  );
}

export function Told({ issues }) {
  const isTelling = useComposer((composer) => composer.isTelling);
  const told = issues.filter((issue) => isTelling || issue.level === "error");
  return told.map((issue, at) => (
    <p key={at} className={`ms-issue is-${issue.level}`}>
      <Icon name={ICONS[issue.level]} />
      <span>
        {issue.message} <Mend issue={issue} />
      </span>
    </p>
  ));
}
