// The marks every part uses: an icon, a kind's tile, a status.

import { STATUSES } from "../graph/kinds.js";

export const Icon = ({ name, className = "" }) => (
  <span className={`material-symbols-outlined ms-i ${className}`} aria-hidden="true">
    {name}
  </span>
);

export const KindTile = ({ family, icon }) => (
  <span className={`ms-kind is-${family}`} aria-hidden="true">
    <Icon name={icon} />
  </span>
);

export const Status = ({ name, word, bare }) => (
  <span className={`ms-status is-${name} ${bare ? "is-bare" : ""}`}>
    <Icon name={STATUSES[name] ?? "help"} />
    {word ?? name.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase())}
  </span>
);

export function Button({ icon, children, className = "", title, ...rest }) {
  const named = children ? {} : { "aria-label": title };
  return (
    <button type="button" className={`ms-btn ${className}`} title={title} {...named} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
