// Single keys of the request page: j, k, c, e and ?. Never while somebody types, and not at all
// where they are switched off. An entry of another page is sought by its permanent address.
"use strict";
const help = document.getElementById("keys");
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

function entries() {
  return [...document.querySelectorAll(".entry")].filter((entry) => entry.offsetParent);
}

function step(by) {
  const all = entries();
  const at = all.indexOf(document.activeElement?.closest(".entry"));
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
  if (!next) return;
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function unfold() {
  const folded = document.activeElement?.closest(".entry")?.querySelector("details:not(.menu)");
  if (folded) folded.open = !folded.open;
}

function answer() {
  const form = document.querySelector("#answer details");
  if (!form) return;
  form.open = true;
  form.querySelector("textarea")?.focus();
}

const keys = { j: () => step(1), k: () => step(-1), e: unfold, c: answer, "?": () => help?.showModal() };
document.addEventListener("keydown", (event) => {
  const isFree = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
  if (!isFree || document.body.dataset.shortcuts === "off" || help?.open || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

const asked = /^#e(\d+)$/.exec(location.hash);
const stream = document.querySelector("[data-events]");
if (asked && stream && !document.getElementById(`e${asked[1]}`)) {
  location.replace(`${stream.dataset.events}${asked[1]}/`);
}
