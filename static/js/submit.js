// A form is sent once: its second click does nothing, and what waits says so. The server refuses the
// second one as well; this spares the wait.
"use strict";
const AGAIN_AFTER = 8000; // for what leads to a file, where this page stays

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  (event.submitter ?? form.querySelector("button"))?.setAttribute("aria-disabled", "true");
  setTimeout(release, AGAIN_AFTER, form);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) release(form);
});
