// The offer to see how an interview is left: opened, closed, and remembered in this browser for each kind of system.
(() => {
  "use strict";

  const KEY = "hrms.entry.";

  function remembered(name) {
    try {
      return localStorage.getItem(KEY + name) === "seen";
    } catch (error) {
      return false; // this browser keeps nothing: offered each time
    }
  }

  function remember(name) {
    try {
      localStorage.setItem(KEY + name, "seen");
    } catch (error) {
      /* see above */
    }
  }

  function show(hint, shown) {
    for (const part of hint.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== shown;
    if (shown !== "told") for (const film of hint.querySelectorAll("video")) film.pause();
  }

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("[data-entry] [data-go]");
    if (!button) return;
    const hint = button.closest("[data-entry]");
    remember(hint.dataset.entry);
    show(hint, button.dataset.go);
    const next = hint.querySelector(button.dataset.go === "told" ? "[data-part=told]" : "[data-part=again] button");
    next.focus();
  });

  // The page is drawn by the server's framework: what it has put there is shown as it was left the last time.
  function begin() {
    for (const hint of document.querySelectorAll("[data-entry]:not([data-begun])")) {
      hint.dataset.begun = "";
      show(hint, remembered(hint.dataset.entry) ? "again" : "offer");
    }
  }

  new MutationObserver(begin).observe(document.documentElement, { childList: true, subtree: true });
  begin();
})();
