// A dialog of the browser: it keeps the focus and gives it back.

import { useEffect, useRef } from "react";

import { close } from "../store.js";

export function Dialog({ title, children, className = "", style, onClose = close }) {
  const box = useRef(null);
  useEffect(() => {
    if (box.current.open) return;
    box.current.showModal();
    box.current.querySelector("[data-first]")?.focus();
  }, []);
  return (
    <dialog ref={box} className={`ms ms-dialog ${className}`} style={style} aria-label={title} onClose={onClose} onCancel={onClose} onClick={(event) => event.target === box.current && onClose()}>
      <div className="ms-dialog-body">
        <h2>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
