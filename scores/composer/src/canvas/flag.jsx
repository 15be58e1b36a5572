// A mark on a node or an edge that something is wrong there.

import { Icon } from "../ui/parts.jsx";

/** What is wrong here: the worst of it as a mark, all of it as its title. */
export function Flag({ issues }) {
  if (!issues.length) return null;
  const isError = issues.some((issue) => issue.level === "error");
  return (
    <span className={`ms-flag ${isError ? "is-error" : ""}`} title={issues.map((issue) => issue.message).join("\n")}>
      <Icon name={isError ? "close" : "priority_high"} />
    </span>
  );
}
