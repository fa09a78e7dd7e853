// Single-key navigation: "/" search, "?" the list of keys, "g" then a letter.
// Silent while somebody types or composes Chinese, and whenever the user has switched it off.
(() => {
  "use strict";
  const SWITCHED_OFF = "civicloop-keys-off";
  const dialog = document.getElementById("keys");
  const offSwitch = document.getElementById("keys-off");
  let waitsForPlace = false;

  const isTyping = (target) =>
    target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable]") !== null;

  const focusSearch = () => {
    const box = document.querySelector("[data-search-box]");
    if (box) {
      box.focus();
      box.select();
    }
    return box !== null;
  };

  const go = (key) => {
    const link = document.querySelector(`[data-go="${key}"]`);
    if (link) link.click();
    return link !== null;
  };

  const handle = (key) => {
    if (waitsForPlace) {
      waitsForPlace = false;
      return /^[a-z]$/.test(key) && go(key);
    }
    if (key === "/") return focusSearch();
    if (key === "?") {
      dialog.showModal();
      return true;
    }
    waitsForPlace = key === "g";
    return waitsForPlace;
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (dialog.open || localStorage.getItem(SWITCHED_OFF)) return;
    if (event.key === "Shift") return;
    if (handle(event.key)) event.preventDefault();
  });

  offSwitch.checked = localStorage.getItem(SWITCHED_OFF) !== null;
  offSwitch.addEventListener("change", () => {
    if (offSwitch.checked) localStorage.setItem(SWITCHED_OFF, "1");
    else localStorage.removeItem(SWITCHED_OFF);
  });
  document.querySelectorAll("[data-open-keys]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
  });
})();
