// What a score is made of, at the left: searched, dragged onto the canvas or an edge, or added behind the selection.

import { useState } from "react";

import { open, useFacts } from "../store.js";
import { Icon, KindTile } from "../ui/parts.jsx";
import { addBySelection } from "./actions.js";
import { FindField, Found, Offer, useFinder } from "./finder.jsx";

export function Palette() {
  const finder = useFinder((offer) => addBySelection(offer));
  const { singleKeys } = useFacts();
  const skills = new Map();
  for (const offer of finder.offers.filter((one) => one.type === "operation")) {
    if (!skills.has(offer.group)) skills.set(offer.group, []);
    skills.get(offer.group).push(offer);
  }
  return (
    <aside className="ms-palette" aria-label="Palette">
      <FindField id="composer-find" field={finder.field} isOpen={finder.found.length > 0} hint={singleKeys ? "/" : ""} />
      {finder.text.trim() ? (
        <Found {...finder} />
      ) : (
        <div className="ms-groups">
          <Group title="Model" offers={finder.offers.filter((one) => one.group === "Model")} choose={finder.choose} />
          <Group title="Control" offers={finder.offers.filter((one) => one.group === "Control")} choose={finder.choose} />
          <h2>Skills</h2>
          {[...skills].map(([skill, offers]) => (
            <Skill key={skill} skill={skill} offers={offers} choose={finder.choose} />
          ))}
          <p className="ms-cap">
            Drag onto the canvas or onto an edge.{" "}
            <button type="button" className="ms-linked" onClick={() => open("keys")}>
              All keys
            </button>{" "}
            {singleKeys && <kbd>?</kbd>}
          </p>
        </div>
      )}
    </aside>
  );
}

const Group = ({ title, offers, choose }) => (
  <>
    <h2>{title}</h2>
    <ul>
      {offers.map((offer) => (
        <Offer key={offer.name} offer={offer} choose={choose} />
      ))}
    </ul>
  </>
);

function Skill({ skill, offers, choose }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="ms-offer is-skill" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <KindTile family="deterministic" icon={offers[0].icon} />
        <span className="ms-clip">{skill}</span>
        <span className="ms-sub">{offers.length}</span>
        <Icon name={isOpen ? "expand_less" : "expand_more"} />
      </button>
      {isOpen && (
        <ul className="ms-operations">
          {offers.map((offer) => (
            <Offer key={offer.name} offer={offer} choose={choose} name={offer.operation} />
          ))}
        </ul>
      )}
    </>
  );
}
