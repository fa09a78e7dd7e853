// Single keys: "/" search, "?" the list of keys, "g" then a letter goes to a page; on an event
// "j" and "k" walk its appeals, "x" chooses one, and a letter presses the button that bears it;
// in a list of orders Enter opens the row, and on an order a letter unfolds the step that bears it.
// Ctrl and K opens the palette; Alt and a digit, Ctrl and Enter press the buttons that bear them.
// Silent while somebody types or composes Chinese, and whenever the user has switched it off.
(() => {
  "use strict";
  const SWITCHED_OFF = "civicloop-keys-off";
  const dialog = document.getElementById("keys");
  const offSwitch = document.getElementById("keys-off");
  let waitsForPlace = false;

  const isTyping = (target) =>
    target instanceof Element &&
    target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;

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

  const rowAt = () =>
    document.activeElement.closest("[data-row]") ?? document.querySelector("[data-row].looked-at");

  const walk = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    const at = rows.indexOf(rowAt());
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
    if (next) {
      document.querySelector("[data-row].looked-at")?.classList.remove("looked-at");
      next.classList.toggle("looked-at", next.hasAttribute("hx-get"));
      next.focus();
    }
    return next !== undefined;
  };

  const choose = () => {
    const box = rowAt()?.querySelector("input[type=checkbox]");
    if (box) box.checked = !box.checked;
    return box instanceof Element;
  };

  // What stands beside a list is of the row before, until the row's own has come.
  const isOnItsWay = (button) =>
    button.closest("[data-of-row]") && document.querySelector("[data-row].htmx-request") !== null;

  const press = (key) => {
    const button = /^[a-z0-9]$/.test(key) && document.querySelector(`[data-key="${key}"]`);
    if (button && isOnItsWay(button)) return true;
    if (button && button.tagName === "SUMMARY") unfold(button.parentElement);
    else if (button) button.click();
    return Boolean(button);
  };

  const unfold = (step) => {
    step.open = true;
    step.querySelector("form :is(input:not([type=hidden]), select, textarea, button)")?.focus();
  };

  const openRow = () => {
    const row = document.activeElement;
    const link = row?.matches("[data-row]") && row.querySelector("[data-open]");
    if (link) link.click();
    return Boolean(link);
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
    if (key === "j") return walk(1);
    if (key === "k") return walk(-1);
    if (key === "x") return choose();
    if (key === "Enter") return openRow();
    waitsForPlace = key === "g";
    return waitsForPlace || press(key);
  };

  // The palette: the pages of the top bar, narrowed by what is typed; anything else is looked up.
  const palette = document.getElementById("palette");
  const openPalette = () => {
    if (!palette || palette.open) return;
    const list = palette.querySelector("ul");
    list.replaceChildren(
      ...[...document.querySelectorAll(".topbar nav a")].map((link) => {
        const item = document.createElement("li");
        item.append(link.cloneNode(true));
        return item;
      }),
    );
    palette.showModal();
    palette.querySelector("input").select();
  };
  palette?.querySelector("input").addEventListener("input", (event) => {
    const typed = event.target.value.trim().toLowerCase();
    for (const item of palette.querySelectorAll("li"))
      item.hidden = !item.textContent.toLowerCase().includes(typed);
  });
  palette?.querySelector("form").addEventListener("submit", (event) => {
    const typed = palette.querySelector("input").value.trim();
    const pages = [...palette.querySelectorAll("li:not([hidden]) a")];
    if (!typed || pages.length === 0) return;
    event.preventDefault();
    pages[0].click();
  });

  // These two also work while somebody types: Alt and a digit or letter, Ctrl and Enter.
  const chord = (event) => {
    const key = event.altKey && !event.ctrlKey && /^(?:Digit([1-9])|Key([A-Z]))$/.exec(event.code);
    if (key) return document.querySelector(`[data-alt-key="${(key[1] ?? key[2]).toLowerCase()}"]`);
    const sends = (event.ctrlKey || event.metaKey) && event.key === "Enter";
    return sends ? document.querySelector("[data-ctrl-enter]") : null;
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const button = chord(event);
    if (button && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      if (!isOnItsWay(button)) button.click();
      return;
    }
    if (event.ctrlKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]") || localStorage.getItem(SWITCHED_OFF)) return;
    if (event.key === "Shift") return;
    if (handle(event.key)) event.preventDefault();
  });

  // After an order was acted on, the next one has the focus; before htmx listens, for it is shown already.
  // On a phone it stands above the list, and the page does not scroll away from it to its row.
  const next = document.querySelector("[data-has-focus]");
  const shown = document.querySelector("[data-of-row]");
  const isBeside = shown?.getBoundingClientRect().left >= next?.getBoundingClientRect().right;
  next?.focus({ preventScroll: shown !== null && !isBeside });

  const here = document.querySelector(".topbar nav [aria-current]");
  here?.closest("ul").scrollTo({ left: here.offsetLeft - window.innerWidth / 2 });

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
