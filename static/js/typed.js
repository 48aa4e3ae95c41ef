// Asks before a reply or a note that was typed and not sent is left. Nothing of it is stored.
"use strict";

function isUnsent(form) {
  if (form.dataset.sent) return false;
  return [...form.querySelectorAll("textarea, input[type=file]")].some((field) => field.value.trim());
}

addEventListener("beforeunload", (event) => {
  const forms = [...document.querySelectorAll("#answer form")];
  if (forms.some(isUnsent)) event.preventDefault();
});
