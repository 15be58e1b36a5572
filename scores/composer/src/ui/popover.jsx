// A button, and what opens below it until something else is clicked.

import { useEffect, useRef, useState } from "react";

export function Popover({ label, children, className = "", buttonClass = "", title }) {
  const [isOpen, setOpen] = useState(false);
  const box = useRef(null);
  const close = () => setOpen(false);
  useEffect(() => {
    if (!isOpen) return undefined;
    const away = (event) => {
      if (event.type === "keydown" ? event.key === "Escape" : !box.current?.contains(event.target)) close();
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
