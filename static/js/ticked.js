// Says how many rows of a list are ticked. The tint of ticked rows needs no script.
"use strict";
for (const told of document.querySelectorAll("[data-ticked]")) {
  const form = told.closest("form");
  const count = () => {
    const ticked = form.querySelectorAll('[name="chosen"]:checked').length;
    told.hidden = ticked === 0;
    told.textContent = `${ticked} ticked`;
  };
  form.addEventListener("change", count);
  addEventListener("pageshow", count);
}
