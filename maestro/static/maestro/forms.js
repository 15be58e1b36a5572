// Select2 draws a field of its own in place of a select, and gives it no name.

addEventListener("load", () => {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const name = select.labels[0]?.textContent.trim();
    if (!name) continue;
    for (const drawn of select.nextElementSibling.querySelectorAll(".select2-selection, [role=textbox]")) {
      drawn.setAttribute("aria-label", name);
    }
  }
});
