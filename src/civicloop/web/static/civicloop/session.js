// A page that stays open when its session has ended is taken away: what citizens told is on it. A
// minute before, it asks whether its reader is still there. The server is asked each time, for another
// page of the same session may have been used meanwhile; asking is no sign of life, the button is.
(() => {
  "use strict";
  const ASKS_BEFORE = 60;
  const note = document.getElementById("session-ends");
  if (!note) return;
  let timer;

  const wait = (left) => {
    const isSoon = left <= ASKS_BEFORE;
    note.hidden = !isSoon;
    clearTimeout(timer);
    timer = setTimeout(ask, (isSoon ? left + 1 : left - ASKS_BEFORE) * 1000);
  };
  const ask = async () => look(note.dataset.left);
  const look = async (address) => {
    let answer;
    try {
      answer = await fetch(address, { redirect: "manual" });
    } catch {
      clearTimeout(timer);
      timer = setTimeout(ask, 10000);
      return;
    }
    const left = answer.ok ? Number(await answer.text()) : 0;
    if (left > 0) wait(left);
    else location.replace(location.pathname + location.search);
  };

  note.querySelector("button").addEventListener("click", () => look(note.dataset.longer));
  window.addEventListener("pageshow", ({ persisted }) => { if (persisted) ask(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  wait(Number(note.dataset.seconds));
})();
