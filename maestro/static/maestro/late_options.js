// A select of which the page has many alike is drawn with what is chosen; it takes all options when it is entered.

function fill({ target }) {
  const list = target.dataset?.options && document.getElementById(target.dataset.options);
  if (!list) return;
  const chosen = target.selectedOptions[0]?.cloneNode(true);
  target.replaceChildren(list.content.cloneNode(true));
  if (chosen && ![...target.options].some(({ value }) => value === chosen.value)) target.append(chosen); // it is gone elsewhere
  if (chosen) target.value = chosen.value;
  delete target.dataset.options;
}

for (const entered of ["pointerdown", "focusin"]) addEventListener(entered, fill, { capture: true });
