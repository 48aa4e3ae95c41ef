// Shows the buttons that copy an address, an id or a text of the page, where the browser can copy.
"use strict";
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy], [data-copy-text], [data-copy-from]")) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const { copy, copyText, copyFrom } = button.dataset;
      const text = copyFrom ? document.querySelector(copyFrom).textContent : copyText;
      await navigator.clipboard.writeText(text ?? new URL(copy, location.href).href);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  }
}
