// What fills the secrets that an operation asks for: the vault, the environment, an orchestra of this score, or nothing.

import { useEffect, useState } from "react";

import { all, get } from "../api.js";
import { now, useFacts } from "../store.js";
import { Icon } from "../ui/parts.jsx";

let vault = null; // asked once per page: {secrets, orchestras}

/** The vault's secrets without their values, and this score's orchestras. Those who may not look see none. */
export function useVault() {
  const [known, setKnown] = useState({ secrets: [], orchestras: [] });
  useEffect(() => {
    const none = () => [];
    vault ??= Promise.all([all("/secrets").catch(none), all("/orchestras").catch(none)]);
    vault.then(([secrets, orchestras]) => setKnown({ secrets, orchestras: orchestras.filter((one) => one.score_id === now().score.id) }));
  }, []);
  return known;
}

/** The slots of an operation, each with what fills it: null while it is asked. */
function useSlots(name) {
  const [slots, setSlots] = useState(null);
  useEffect(() => {
    let isOver = false;
    get(`/operations/${name}`).then(
      ({ secrets }) => isOver || setSlots(secrets),
      () => {},
    );
    return () => (isOver = true);
  }, [name]);
  return slots;
}

export function Secrets({ operation }) {
  const slots = useSlots(`${operation.skill}.${operation.name}`);
  const { secrets, orchestras } = useVault();
  if (!slots?.length) return null;
  return (
    <ul className="ms-slots" aria-label="Secrets">
      {slots.map((one) => (
        <Slot key={one.slot} {...one} secret={secrets.find(({ name }) => name === one.filled_by)} bound={orchestras.filter(({ bindings }) => one.slot in (bindings ?? {}))} />
      ))}
    </ul>
  );
}

function Slot({ slot, filled_by, secret, bound }) {
  const { mayEdit } = useFacts();
  const [tone, icon] = filled_by ? ["good", "check_circle"] : bound.length ? ["none", "check_circle"] : ["bad", "key_off"];
  return (
    <li className={`ms-verdict is-${tone}`}>
      <Icon name={icon} />
      <span>
        <code>{slot}</code> {filled_by === "environment" ? "is filled by the environment" : filled_by ? <>is filled by {secret ? <a href={`/admin/workspaces/secret/${secret.id}/change/`} target="_blank" rel="noreferrer">{filled_by}</a> : filled_by}</> : <>is missing in the workspace{mayEdit && <>: <a href={`/admin/workspaces/secret/add/?name=${slot}`} target="_blank" rel="noreferrer">set it</a>{!bound.length && ", or bind one in an orchestra"}</>}</>}
        {bound.length > 0 && <>; {bound.map(({ id, name }) => <a key={id} href={`/admin/orchestras/orchestra/${id}/change/`} target="_blank" rel="noreferrer">{name}</a>)} {bound.length === 1 ? "binds its own" : "bind their own"}</>}
      </span>
    </li>
  ); // prettier-ignore
}
