// What is wrong with the score, each with the way to its place.

import { edgeId } from "../graph/document.js";
import { mendOf } from "../graph/mends.js";
import { now, select, set, useFacts } from "../store.js";
import { Icon } from "../ui/parts.jsx";
import { edit } from "./actions.js";

function go({ node, edge }) {
  set({ isTelling: true });
  if (node) {
    select([node]);
    now().view?.reveal(node);
  } else if (edge) {
    select([], [edgeId(edge)]);
    now().view?.reveal(edge.from);
  }
}

export const Issues = ({ issues, onGo }) => (
  <ul className="ms-issues">
    {issues.map((issue, index) => (
      <li key={index}>
        <button type="button" onClick={() => (onGo?.(), go(issue))} className={`is-${issue.level}`}>
          <Icon name={issue.level === "error" ? "error" : "warning"} />
          <span>
            <span className="ms-hidden">{issue.level}: </span>
            {issue.message}
          </span>
        </button>
        <Mend issue={issue} />
      </li>
    ))}
  </ul>
);

/** A click that puts it right, where there is one. */
export function Mend({ issue }) {
  const { doc, isEditing } = useFacts();
  const mend = isEditing ? mendOf(doc, issue) : null;
  if (!mend) return null;
  return (
    <button type="button" className="ms-linked ms-mend" onClick={() => edit(mend.make)}>
      {mend.word}
    </button>
  );
}
