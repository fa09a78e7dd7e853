// Without a connection a form that is sent would end on the browser's own page, and a chosen
// photograph would be gone: it is held back and said so, the page stays as it is, and what waits to be
// kept as a draft is sent when the connection is back. Without this file forms are sent as ever.
(() => {
  "use strict";
  const told = document.getElementById("no-connection");
  if (!told) return;
  const tell = (isGone) => { told.hidden = !isGone; };

  document.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tell(true);
  }, true);
  window.addEventListener("offline", () => tell(true));
  window.addEventListener("online", () => {
    tell(false);
    document.querySelectorAll("[data-draft-waits]").forEach((part) => {
      delete part.dataset.draftWaits;
      part.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  document.addEventListener("htmx:sendError", ({ detail: { elt } }) => {
    if (elt.matches("[hx-trigger^='input']")) elt.dataset.draftWaits = "";
  });
})();
