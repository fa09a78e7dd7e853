// "I am there now": writes where the telephone is into the box of the address, where it can be
// read, changed and deleted. Without this file, or without leave, nobody misses the button.
(() => {
  "use strict";
  const button = document.querySelector("[data-my-place]");
  const box = document.getElementById("id_address");
  const told = document.getElementById("my-place-told");
  if (!button || !navigator.geolocation) return;
  button.hidden = false;

  const write = ({ coords }) => {
    const place = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
    const words = `${button.dataset.words} ${place} (±${Math.ceil(coords.accuracy)} m)`;
    box.value = box.value.trim() ? `${box.value.trim()} ${words}` : words;
    told.textContent = button.dataset.done;
    box.focus();
  };
  button.addEventListener("click", () => {
    told.textContent = button.dataset.waits;
    navigator.geolocation.getCurrentPosition(
      write,
      () => { told.textContent = button.dataset.fails; },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
})();
