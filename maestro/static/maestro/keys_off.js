// For those who switched keys of one character off: no page hears them, unless something is typed.

addEventListener(
  "keydown",
  (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    const isOne = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isOne && !isTyping) event.stopImmediatePropagation();
  },
  { capture: true },
);
