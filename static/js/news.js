// Asks now and then whether an open page is out of date, and offers to show what is new. It never
// changes the page by itself, rests while nobody sees it, and stops where it gets no answer.
"use strict";
const note = document.querySelector("[data-news]");
const LONGEST = 10 * 60;
let pause = note ? Number(note.dataset.every) : 0;
let known = 0;
let timer;

function isWriting() {
  return [...document.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue);
}

function tell(count) {
  const link = document.createElement("a");
  const isKept = isWriting();
  link.href = location.pathname + location.search;
  link.textContent = `${count} ${count === 1 ? note.dataset.one : note.dataset.many}: show${isKept ? " in a new tab" : ""}`;
  if (isKept) link.target = "_blank";
  note.replaceChildren(link);
}

async function ask() {
  const answer = await fetch(note.dataset.news, { redirect: "error" });
  if (!answer.ok) throw new Error("no answer");
  const { count } = await answer.json();
  pause = count > known ? Number(note.dataset.every) : Math.min(pause * 1.5, LONGEST);
  if (count > known) tell(count);
  known = Math.max(known, count);
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!document.hidden) ask().then(wait, stop);
  }, pause * 1000);
}

function goOn() {
  if (!document.hidden) wait();
}

function stop() {
  clearTimeout(timer);
  document.removeEventListener("visibilitychange", goOn);
}

if (note) {
  wait();
  document.addEventListener("visibilitychange", goOn);
}
