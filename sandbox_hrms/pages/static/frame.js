// The frame's own script: says when the connection is lost, and tells the page's own reload from the person's.
(() => {
  "use strict";

  const LONGEST_WAIT_MS = 1000;

  const frame = (window.hrmsFrame = { reloadsItself: false, trouble, refused });

  function banner(shown) {
    const element = document.querySelector('[data-testid="banner.offline"]');
    if (element) element.hidden = !shown;
  }

  function refresh() {
    banner(!navigator.onLine || (window.did_handshake && !window.socket.connected));
  }

  // ---- faults of the HR system ---------------------------------------------------------------------

  const bannerOf = (fault) => document.querySelector(`[data-fault="${CSS.escape(fault)}"]`);

  // Show or hide the banner of a fault.
  function trouble(fault, on) {
    const banner = bannerOf(fault);
    if (!banner) return;
    const healed = !on && !banner.hidden;
    banner.hidden = !on;
    if (healed) window.dispatchEvent(new Event("hrms:connected")); // what waited may try again
  }

  // Something sent beside the socket was refused: `error` is what the server said, if it said anything.
  function refused(error) {
    const fault = { db_locked: "db_locked", disk_full: "disk_full", close_blocked: "blocked_close" }[error?.code];
    if (fault) trouble(fault, true);
  }

  // A frozen page takes nothing but looking, selecting, copying and loading anew.
  function isFrozen() {
    const banner = bannerOf("frozen");
    return Boolean(banner) && !banner.hidden;
  }

  function isHarmless(event) {
    if (event.type === "mousedown") return event.target.localName !== "select";
    if (event.type !== "keydown") return false;
    if (["F5", "Tab"].includes(event.key)) return true;
    const moves = /^(Arrow|Home|End|Page)/.test(event.key);
    if (moves && !["input", "select"].includes(event.target.localName)) return true;
    return (event.ctrlKey || event.metaKey) && ["a", "c", "r"].includes(event.key.toLowerCase());
  }

  for (const kind of [
    "click", "dblclick", "auxclick", "contextmenu", "mousedown", "keydown", "beforeinput", "input", "change",
    "submit", "paste", "cut", "drop",
  ]) {
    window.addEventListener(
      kind,
      (event) => {
        if (!isFrozen() || isHarmless(event)) return;
        event.stopImmediatePropagation();
        event.preventDefault();
      },
      true,
    );
  }

  // The framework reloads the page when the server no longer knows it. That is not the person leaving:
  // no warning is due, and what was typed belongs to whoever comes back.
  function noticeReloads(socket) {
    const earlier = socket.listeners("connect_error");
    socket.off("connect_error");
    socket.on("connect_error", (error) => {
      if (/handshake failed/i.test(error.message)) {
        frame.reloadsItself = true;
        sessionStorage.setItem("hrms.crashed", "1");
      }
    });
    earlier.forEach((listener) => socket.on("connect_error", listener));
  }

  function watch() {
    if (!window.socket) {
      setTimeout(watch, 20);
      return;
    }
    noticeReloads(window.socket);
    window.socket.io.reconnectionDelayMax(LONGEST_WAIT_MS);
    window.socket.on("connect", () => {
      window.dispatchEvent(new Event("hrms:connected"));
      setTimeout(refresh);
    });
    window.socket.on("disconnect", () => setTimeout(refresh));
  }

  window.addEventListener("online", () => {
    // do not wait for the socket's own back-off
    if (window.socket && !window.socket.connected) window.socket.connect();
    refresh();
  });
  window.addEventListener("offline", refresh);

  // The menu button shows and hides the navigation where there is no room for it beside the page.
  function menu(open) {
    const button = document.querySelector(".nav-menu");
    const places = document.getElementById("places");
    if (!button || !places) return;
    button.setAttribute("aria-expanded", String(open));
    places.classList.toggle("side-open", open);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(".nav-menu");
    if (button) menu(button.getAttribute("aria-expanded") !== "true");
  });
  document.addEventListener("keydown", (event) => {
    const button = document.querySelector(".nav-menu");
    if (event.key !== "Escape" || !button || button.getAttribute("aria-expanded") !== "true") return;
    menu(false);
    button.focus();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  watch();
})();
