// A search over what can be added, and the list of what it finds; arrows and Enter choose.

import { useMemo, useState } from "react";

import { CONTROLS } from "../graph/kinds.js";
import { offersOf, search } from "../graph/make.js";
import { useComposer } from "../store.js";
import { Icon, KindTile } from "../ui/parts.jsx";

export const DRAGGED = "application/x-maestro-step";

/** The search field's props and what it finds; `onChoose` is given an offer. */
export function useFinder(onChoose, atFirst = 0) {
  const catalog = useComposer((composer) => composer.catalog);
  const offers = useMemo(() => offersOf(catalog, CONTROLS), [catalog]);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = useMemo(() => (text.trim() ? search(offers, text) : offers.slice(0, atFirst)), [offers, text, atFirst]);
  const reset = () => (setText(""), setAt(0));
  const choose = (offer) => (onChoose(offer), reset());
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((before) => Math.max(0, Math.min(found.length - 1, before + step)));
    else if (event.key === "Enter" && found[at]) choose(found[at]);
    else if (event.key === "Escape" && text) reset();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const field = { value: text, onChange: (event) => (setText(event.target.value), setAt(0)), onKeyDown };
  return { offers, text, found, at, field, choose };
}

export const FindField = ({ field, hint, ...rest }) => (
  <label className="ms-find">
    <Icon name="search" />
    <span className="ms-hidden">Find a step</span>
    <input type="text" role="combobox" aria-expanded="true" aria-controls="composer-found" autoComplete="off" placeholder="Find a step" spellCheck="false" {...field} {...rest} />
    {hint && <kbd>{hint}</kbd>}
  </label>
);

/** The found offers; `at` is the one that Enter takes. */
export function Found({ found, at, text, choose }) {
  if (!found.length) return <p className="ms-cap ms-found-none">No step is called “{text}”.</p>;
  return (
    <ul id="composer-found" className="ms-found" role="listbox" aria-label="Steps">
      {found.slice(0, 40).map((offer, index) => (
        <Offer key={`${offer.group} ${offer.name} ${offer.id ?? ""}`} offer={offer} choose={choose} isAt={index === at} tells />
      ))}
    </ul>
  );
}

export function Offer({ offer, choose, isAt, tells, name = offer.name }) {
  const drag = (event) => {
    event.dataTransfer.setData(DRAGGED, JSON.stringify(offer));
    event.dataTransfer.effectAllowed = "copy";
  };
  return (
    <li role="option" aria-selected={!!isAt} className={isAt ? "is-at" : ""} ref={isAt ? (row) => row?.scrollIntoView({ block: "nearest" }) : null}>
      <button type="button" className="ms-offer" draggable onDragStart={drag} onClick={() => choose(offer)} title={offer.tells || offer.name} tabIndex={tells ? -1 : 0}>
        <KindTile family={offer.family} icon={offer.icon} />
        <span className="ms-clip">
          {name}
          {tells && offer.tells && <small className="ms-clip">{offer.tells}</small>}
        </span>
      </button>
    </li>
  );
}
