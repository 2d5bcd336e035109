// The practice page's own half: it holds the window in which the sandbox is shown, and carries messages between
// the coach's script inside of it and the server. It believes only that window, and only the sandbox's origin.
(() => {
  "use strict";

  const BURST = 30; // so many reports a second at most go to the server
  const SILENCE_MS = 1500; // a loaded page that has not said hello by then is not the sandbox
  const TEXT = 2000;
  const ARRIVE_MS = 1500; // a page that opens so soon after a step began, before anything is done in it, belongs to it
  const WIDE = 860; // from here on, and when it is tall too, there is room for the list of all steps
  const TALL = 640;

  let setup = null; // {origin: of the sandbox, base: path of its pages, start: sign-in address, keep: storage key}
  let frame = null;
  let alive = false; // whether the page in the frame has the coach's script and has said hello
  let closed = false;
  let lastPath = "";
  let beginPath = ""; // which page was shown when the present step began: "put me back" leads there
  let begunAt = 0;
  let pointing = null;
  let loaded = 0; // when the frame last finished loading a page
  let greeted = 0; // when the coach's script in it last said hello
  let sent = 0;
  setInterval(() => (sent = 0), 1000);

  let waiting = []; // what is reported in one moment, as typing and the click that ends it are, goes together
  function report(kind, more = {}) {
    if (++sent <= BURST && waiting.push({ kind, ...more }) === 1) setTimeout(tell);
  }

  function tell() {
    emitEvent("practice", { reports: waiting });
    waiting = [];
  }

  const text = (value) => (typeof value === "string" ? value.slice(0, TEXT) : "");

  function order(message) {
    if (alive) frame.contentWindow.postMessage({ coach: 1, ...message }, setup.origin);
  }

  // -- the window ----------------------------------------------------------------------------------------

  function open(address) {
    closed = false;
    alive = false;
    frame.src = address;
  }

  function onLoad() {
    const before = loaded;
    loaded = performance.now();
    setTimeout(() => {
      if (greeted > before || closed) return;
      alive = false;
      report("silent"); // an error page, or a server that has not come back yet
    }, SILENCE_MS);
  }

  function reload() {
    if (closed) return;
    if (alive) order({ type: "reload" });
    else open(setup.origin + (lastPath || setup.base));
  }

  function keepBegin(path) {
    beginPath = path;
    sessionStorage.setItem(`${setup.keep}-begin`, path);
  }

  function close() {
    if (closed) return;
    begunAt = -Infinity; // what is opened next is not where the step began
    const left = () => {
      if (closed) return;
      try {
        if (frame.contentWindow.location.href !== "about:blank") return; // the trainee chose to stay
      } catch {
        return;
      }
      frame.removeEventListener("load", left);
      closed = true;
      alive = false;
      report("closed");
    };
    frame.addEventListener("load", left);
    frame.src = "about:blank";
  }

  function focusFrame() {
    frame.focus();
    order({ type: "focus", target: pointing ? pointing.target : "" });
  }

  function focusPanel() {
    window.focus();
    const places = [...document.querySelectorAll("[data-practice-focus]"), document.getElementById("coach")];
    places.find((place) => place.offsetParent !== null).focus();
  }

  // -- from the frame to the server ----------------------------------------------------------------------

  const HEARD = {
    ready: ({ path, how }) => {
      alive = true;
      greeted = performance.now();
      if (typeof path === "string" && path.startsWith(setup.base)) {
        lastPath = path;
        sessionStorage.setItem(setup.keep, path);
        if (!beginPath || (how === "navigate" && performance.now() - begunAt < ARRIVE_MS)) keepBegin(path);
      }
      order({ type: "hello", keys: Object.keys(SHORTCUTS) });
      if (pointing) order({ type: "point", ...pointing });
      report("ready");
    },
    observed: ({ verb, target, value, label }) => {
      begunAt = -Infinity; // from now on the trainee is on the way
      report("observed", { verb: text(verb), target: text(target), value: text(value), label: text(label) });
    },
    pointed: ({ target, found, label, back }) =>
      report("pointed", { target: text(target), found: found === true, label: text(label), back: text(back) }),
    performed: ({ id, verb, target, ok }) =>
      report("performed", { id: Number(id), verb: text(verb), target: text(target), ok: ok === true }),
    read: ({ fields, visible, labels }) => report("read", { fields, visible, labels }),
    shortcut: ({ code }) => Object.hasOwn(SHORTCUTS, code) && SHORTCUTS[code](true),
  };

  addEventListener("message", (event) => {
    if (!setup || event.origin !== setup.origin || event.source !== frame.contentWindow) return;
    const message = event.data;
    if (message && message.companion === 1 && Object.hasOwn(HEARD, message.type)) HEARD[message.type](message);
  });

  // -- reading aloud: off until asked for, and only where this browser has a voice ---------------------------

  function readAloud() {
    const toggle = document.getElementById("coach-aloud");
    const speech = window.speechSynthesis;
    if (!toggle || !speech) return;
    const lang = document.documentElement.lang || "en";
    const voice = () => speech.getVoices().find((one) => one.lang.slice(0, 2) === lang.slice(0, 2));
    const on = () => toggle.getAttribute("aria-pressed") === "true";
    const offer = () => toggle.classList.toggle("offered", Boolean(voice()));
    const say = (told) => {
      if (!on() || !voice() || !told.trim()) return;
      const utterance = new SpeechSynthesisUtterance(told);
      utterance.voice = voice();
      utterance.lang = lang;
      speech.speak(utterance);
    };
    toggle.addEventListener("click", () => {
      toggle.setAttribute("aria-pressed", String(!on()));
      localStorage.setItem("read-aloud", String(on()));
      speech.cancel();
      document.querySelectorAll(".hints li").forEach((hint) => say(hint.innerText));
    });
    toggle.setAttribute("aria-pressed", String(localStorage.getItem("read-aloud") === "true"));
    new MutationObserver((changes) =>
      changes.forEach(({ addedNodes }) => addedNodes.forEach((hint) => hint.nodeType === 1 && say(hint.innerText))),
    ).observe(document.querySelector(".hints"), { childList: true });
    speech.addEventListener("voiceschanged", offer);
    offer();
  }

  // -- shortcuts, the same inside and outside of the frame -----------------------------------------------

  const press = (id) => {
    const button = document.getElementById(id);
    if (button && !button.disabled && button.offsetParent !== null) button.click();
  };

  const SHORTCUTS = {
    KeyH: () => press("coach-help"),
    KeyJ: (inside) => (inside ? focusPanel() : focusFrame()),
    KeyO: () => press("window-open"),
    KeyR: () => press("window-reload"),
  };

  addEventListener("keydown", (event) => {
    if (!setup || !event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    if (!Object.hasOwn(SHORTCUTS, event.code)) return;
    event.preventDefault();
    SHORTCUTS[event.code](false);
  });

  // -- from the server -----------------------------------------------------------------------------------

  const ORDERS = {
    open: ({ address }) => {
      begunAt = -Infinity;
      open(address);
    },
    begin: () => {
      begunAt = performance.now();
      keepBegin(lastPath);
    },
    back: () => open(setup.origin + (beginPath || setup.base)),
    reload,
    close,
    point: ({ target, label, others }) => {
      pointing = { target, label, others };
      order({ type: "point", ...pointing });
    },
    clear: () => {
      pointing = null;
      order({ type: "clear" });
    },
    perform: ({ id, action, others }) => order({ type: "perform", id, action, others }),
    read: ({ fields, visible, labels }) => order({ type: "read", fields, visible, labels }),
    focusFrame,
  };

  window.practice = {
    start(given) {
      setup = given;
      frame = document.getElementById("practice-frame");
      document.querySelector(".steps").open = innerWidth > WIDE && innerHeight > TALL;
      frame.addEventListener("load", onLoad);
      readAloud();
      lastPath = sessionStorage.getItem(setup.keep) || "";
      beginPath = sessionStorage.getItem(`${setup.keep}-begin`) || "";
      if (beginPath) begunAt = -Infinity;
      open(lastPath ? setup.origin + lastPath : setup.start);
    },
    order(message) {
      if (frame && Object.hasOwn(ORDERS, message.type)) ORDERS[message.type](message);
    },
  };

  document.addEventListener("click", (event) => {
    const skip = event.target instanceof Element && event.target.closest("[data-skip-to-frame]");
    if (!skip || !frame) return;
    event.preventDefault();
    focusFrame();
  });
})();
