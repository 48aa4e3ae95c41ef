// Shows the buttons that copy an address, an id, or a text that stands here or at an address.
"use strict";
async function wanted(button) {
  const from = button.dataset.copyFrom;
  if (from?.startsWith("#")) return document.querySelector(from).textContent;
  return from ? (await fetch(from)).text() : new URL(button.dataset.copy, location.href).href;
}
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy], [data-copy-text], [data-copy-from]")) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copyText ?? await wanted(button));
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  }
}
