// What every page has: errors that are read first, menus that close, forms that are sent once.
"use strict";

// Moves the focus to the error summary, if the page has one.
document.getElementById("errors")?.focus();

// Closes a menu that was unfolded when something else is chosen or Escape is pressed.
const menus = document.querySelectorAll("details.menu");
document.addEventListener("click", (event) => {
  for (const menu of menus) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});

// The second click of a form does nothing, and what waits says so. The server refuses the second
// one as well; this spares the wait.
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

// Asks before a reply or a note that was typed and not sent is left. Nothing of it is stored.
function isUnsent(form) {
  if (form.dataset.sent) return false;
  return [...form.querySelectorAll("textarea, input[type=file]")].some((field) => field.value.trim());
}

addEventListener("beforeunload", (event) => {
  const forms = [...document.querySelectorAll("#answer form")];
  if (forms.some(isUnsent)) event.preventDefault();
});
