// The selected node stays in sight when the dock takes its room.

import { useEffect } from "react";

import { now } from "../store.js";

const SETTLED = 60; // ms until the canvas has its new size

export function useInSight(key) {
  useEffect(() => {
    if (key === null) return undefined;
    const timer = setTimeout(() => now().view?.reveal(key), SETTLED);
    return () => clearTimeout(timer);
  }, [key]);
}
