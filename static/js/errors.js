// What was wrong is read first: moves the focus to the error summary, if the page has one.
"use strict";
document.getElementById("errors")?.focus();
