// The frame's own script: says when the connection is lost, and tells the page's own reload from the person's.
(() => {
  "use strict";

  const frame = (window.hrmsFrame = { reloadsItself: false });

  function banner(shown) {
    const element = document.querySelector('[data-testid="banner.offline"]');
    if (element) element.hidden = !shown;
  }

  function refresh() {
    banner(!navigator.onLine || (window.did_handshake && !window.socket.connected));
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
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  watch();
})();
