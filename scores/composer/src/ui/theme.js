import { useSyncExternalStore } from "react";

const isDark = () => document.documentElement.classList.contains("dark");

function watch(changed) {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["class"] });
  return () => observer.disconnect();
}

/** `dark` or `light`, as the admin is. */
export const useTheme = () => (useSyncExternalStore(watch, isDark) ? "dark" : "light");
