// A button, and what opens below it until something else is clicked.

import { useEffect, useRef, useState } from "react";

export function Popover({ label, children, className = "", buttonClass = "", title }) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef(null);
  const close = () => setOpen(false);
  useEffect(() => {
    if (!isOpen) return undefined;
    const away = (event) => {
      if (event.type !== "keydown") return box.current?.contains(event.target) ? undefined : close();
      if (event.key !== "Escape") return undefined;
      if (box.current?.contains(document.activeElement)) box.current.querySelector("button").focus();
      return close();
    };
    addEventListener("pointerdown", away);
    addEventListener("keydown", away, { capture: true });
    return () => {
      removeEventListener("pointerdown", away);
      removeEventListener("keydown", away, { capture: true });
    };
  }, [isOpen]);
  return (
    <span className="ms-popover" ref={box}>
      <button type="button" className={`ms-btn ${buttonClass}`} aria-expanded={isOpen} title={title} onClick={() => setOpen(!isOpen)}>
        {label}
      </button>
      {isOpen && <div className={`ms-popped ${className}`}>{children(close)}</div>}
    </span>
  );
}
