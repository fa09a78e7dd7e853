// The operator's desk: a suggestion that is taken goes into its box, where it can be changed again;
// Alt+0 empties the box of the topic. Without this file the buttons send the form and do the same.
(() => {
  "use strict";
  const call = document.getElementById("call");

  const put = (name, value) => {
    const box = call.elements.namedItem(name);
    box.value = value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  call.addEventListener("click", (event) => {
    const button = event.target.closest("[data-takes]");
    if (!button) return;
    event.preventDefault();
    put(button.dataset.takes, button.value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (!event.altKey || event.ctrlKey || event.code !== "Digit0") return;
    event.preventDefault();
    put("topic", "");
  });
  call.querySelector("[data-only-without-script]").hidden = true;
  call.elements.namedItem("text").focus();
})();
