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

export const FindField = ({ field, isOpen, hint, ...rest }) => (
  <label className="ms-find">
    <Icon name="search" />
    <span className="ms-hidden">Find a step</span>
    <input type="text" role="combobox" aria-expanded={isOpen} aria-controls={isOpen ? "composer-found" : undefined} autoComplete="off" placeholder="Find a step" spellCheck="false" {...field} {...rest} />
    {hint && <kbd>{hint}</kbd>}
  </label>
);

/** The found offers; `at` is the one that Enter takes. */
export function Found({ found, at, text, choose }) {
  if (!found.length) return <p className="ms-cap ms-found-none">No step is called “{text}”.</p>;
  return (
    <ul id="composer-found" className="ms-found" role="listbox" aria-label="Steps">
      {found.slice(0, 40).map((offer, index) => (
        <FoundOffer key={`${offer.group} ${offer.name} ${offer.id ?? ""}`} offer={offer} choose={choose} isAt={index === at} />
      ))}
    </ul>
  );
}

const dragOf = (offer) => ({
  draggable: true,
  onDragStart: (event) => {
    event.dataTransfer.setData(DRAGGED, JSON.stringify(offer));
    event.dataTransfer.effectAllowed = "copy";
  },
});

/** An offer of the palette. */
export const Offer = ({ offer, choose, name = offer.name }) => (
  <li>
    <button type="button" className="ms-offer" onClick={() => choose(offer)} title={offer.tells || offer.name} {...dragOf(offer)}>
      <KindTile family={offer.family} icon={offer.icon} />
      <span className="ms-clip">{name}</span>
    </button>
  </li>
);

/** An offer that was found: the search field keeps the focus, arrows go through them. */
const FoundOffer = ({ offer, choose, isAt }) => (
  <li
    role="option"
    aria-selected={isAt}
    className={`ms-offer ${isAt ? "is-at" : ""}`}
    ref={isAt ? (row) => row?.scrollIntoView({ block: "nearest" }) : null}
    onClick={() => choose(offer)}
    title={offer.tells || offer.name}
    {...dragOf(offer)}
  >
    <KindTile family={offer.family} icon={offer.icon} />
    <span className="ms-clip">
      {offer.name}
      {offer.tells && <small className="ms-clip">{offer.tells}</small>}
    </span>
  </li>
);
