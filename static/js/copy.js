// Shows the buttons that copy an address, or what stands at one, where the browser can copy.
"use strict";
async function wanted(button) {
  const from = button.dataset.copyFrom;
  return from ? (await fetch(from)).text() : new URL(button.dataset.copy, location.href).href;
}
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy], [data-copy-from], [data-copy-text]")) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copyText ?? await wanted(button));
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  }
}
