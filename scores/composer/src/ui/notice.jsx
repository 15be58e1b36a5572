// One line that tells what just happened, and goes by itself.

import { useEffect } from "react";

import { set, useComposer } from "../store.js";
import { Icon } from "./parts.jsx";

const ICONS = { good: "check_circle", warn: "warning", bad: "error", info: "info" };
const SECONDS = { good: 5, info: 4, warn: 8, bad: 12 };

export function Notice() {
  const notice = useComposer((composer) => composer.notice);
  useEffect(() => {
    if (!notice) return undefined;
    const timer = setTimeout(() => set({ notice: null }), SECONDS[notice.tone] * 1000);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div className="ms-told" role="status">
      {notice && (
        <p className={`is-${notice.tone}`}>
          <Icon name={ICONS[notice.tone]} />
          {notice.text}
        </p>
      )}
    </div>
  );
}
