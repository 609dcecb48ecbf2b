// Loads the page again once the run that goes on has ended.
"use strict";

const look = async () => {
  const answer = await fetch("/operations/work").catch(() => undefined);
  if (answer && answer.ok && !(await answer.json()).underway) window.location.reload();
  else setTimeout(look, 2000);
};

if (document.querySelector("[data-underway]")) setTimeout(look, 1000);
