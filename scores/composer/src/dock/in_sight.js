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

/** Puts the keyboard into the dock, where what it was on is gone. */
export const enterDock = () => document.querySelector(".ms-dock :is(input, select, textarea):not(:disabled)")?.focus();
