// The coach's half inside the frame: it points at things, says what the trainee did, and acts when asked to.
// It knows its parent's port and test ids, nothing else. Where Playwright opened the window it talks to Playwright;
// otherwise it does nothing outside of a frame.
(function companion() {
  "use strict";

  const direct = window.parent === window && window.trainerTell; // there where Playwright opened the window
  const port = document.currentScript && document.currentScript.dataset.parentPort;
  if (!direct && (!port || window.parent === window)) return;
  if (direct && document.readyState === "loading") return addEventListener("DOMContentLoaded", companion);
  if (direct && window.trainerOrder) return; // it is at work already
  const HOME = direct ? "" : new URL(`${location.protocol}//${location.hostname}:${port}`).origin;

  const NAME = (direct && window.trainerNames) || "data-testid"; // in somebody else's application one of the coach's own
  const NAMED = `[${NAME}]`;
  const ACTS =
    "button,a[href],summary,[role=button],[role=link],[role=menuitem],[role=tab],[role=option],[role=radio]";
  const BOX = "[role=checkbox],[role=switch],input[type=checkbox]";
  const TYPED = "input:not([type=checkbox]):not([type=radio]),textarea,select,[role=combobox],[contenteditable=true]";
  const OPTION = /^(.*)\.option\[([^\]]*)\]$/;
  const SETTLE_MS = 300; // typing is reported when it pauses
  const PATIENCE_MS = 6000; // so long "do it for me" waits for an element
  const ASTRAY_MS = 800; // so long it waits before it takes the way back to where the element is
  const BURST = 30; // so many messages a second at most
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // -- talking to the coach ------------------------------------------------------------------------------

  let sent = 0;
  setInterval(() => (sent = 0), 1000);

  function tell(message) {
    if (++sent > BURST) return;
    if (direct) direct(message);
    else window.parent.postMessage({ companion: 1, ...message }, HOME);
  }

  function observed(verb, target, value, element) {
    tell({ type: "observed", verb, target, value: String(value).slice(0, 2000), label: nameOf(element) });
  }

  // -- looking -------------------------------------------------------------------------------------------

  function isVisible(element) {
    if (!element.isConnected) return false;
    const box = element.getBoundingClientRect();
    const shown = element.checkVisibility
      ? element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      : getComputedStyle(element).visibility !== "hidden";
    return shown && box.width > 0 && box.height > 0;
  }

  function find(target) {
    const all = [...document.querySelectorAll(`[${NAME}="${CSS.escape(target)}"]`)];
    return all.find(isVisible) || all[0] || null;
  }

  function idOf(element) {
    const named = element && element.closest(NAMED);
    return named ? named.getAttribute(NAME) : "";
  }

  function nameOf(element) {
    if (!element) return "";
    const labelled = element.getAttribute("aria-labelledby");
    const by = labelled && labelled.split(/\s+/).map((id) => document.getElementById(id)?.innerText || "");
    const name =
      element.getAttribute("aria-label") ||
      (by && by.join(" ")) ||
      (element.labels && element.labels[0] && element.labels[0].innerText) ||
      (element.matches(TYPED) ? element.placeholder || "" : element.innerText) ||
      element.title ||
      "";
    return name.replace(/\s+/g, " ").trim().slice(0, 80);
  }

  function labelOf(target) {
    const element = find(target);
    return element && isVisible(element) ? nameOf(field(element)) || nameOf(element) : "";
  }

  function field(element) {
    if (element.matches("input,textarea,select")) return element;
    return element.querySelector("input,textarea,select") || element;
  }

  const isSecret = (element) => element.type === "password";

  function contentOf(target) {
    const element = find(target);
    if (!element) return null;
    const inner = field(element);
    if (isSecret(inner)) return null;
    if ("value" in inner && inner.matches("input,textarea,select")) return inner.value;
    return element.dataset.state || element.innerText.trim();
  }

  const isOn = (box) => (box.matches("input") ? box.checked : box.getAttribute("aria-checked") === "true");

  // -- what the trainee does -----------------------------------------------------------------------------

  let acting = false; // while we act for the trainee, nothing is the trainee's doing
  const typing = new Map();

  function settle(element) {
    const pending = typing.get(element);
    if (!pending) return;
    clearTimeout(pending);
    typing.delete(element);
    observed("fill", idOf(element), element.value ?? element.innerText, element);
  }

  const settleAll = () => [...typing.keys()].forEach(settle);

  function onInput({ target: element }) {
    if (acting || !idOf(element) || isSecret(element)) return;
    if (!element.matches("textarea,[contenteditable=true],input:not([type=checkbox]):not([type=radio])")) return;
    clearTimeout(typing.get(element));
    typing.set(element, setTimeout(() => settle(element), SETTLE_MS));
  }

  function onChange({ target: element }) {
    if (acting || !idOf(element)) return;
    if (element.matches("select")) observed("choose", idOf(element), element.value, element);
    else settle(element);
  }

  function tickedSoon(box) {
    setTimeout(() => observed("tick", idOf(box), isOn(box), box), 60); // after the page has drawn it
  }

  function onClick({ target: element }) {
    if (acting || !(element instanceof Element)) return;
    settleAll();
    const box = element.closest(BOX);
    if (box) {
      if (idOf(box)) tickedSoon(box);
      return;
    }
    const named = element.closest(NAMED);
    if (!named) return;
    const option = OPTION.exec(named.getAttribute(NAME));
    if (option) return observed("choose", option[1], option[2], named);
    if (element.closest(TYPED)) return; // the focus goes there, nothing more
    const doer = element.closest(ACTS);
    const meant = doer ? doer.contains(named) : getComputedStyle(named).cursor === "pointer";
    if (meant) observed("click", named.getAttribute(NAME), "", doer || named);
  }

  const CHARACTER = /^.$/u;
  const EDITING = new Set("Backspace Delete Tab Home End ArrowLeft ArrowRight ArrowUp ArrowDown".split(" "));

  function chord(event) {
    const held = [];
    if (event.ctrlKey) held.push("Control");
    if (event.altKey) held.push("Alt");
    if (event.metaKey) held.push("Meta");
    if (event.shiftKey && (held.length || !CHARACTER.test(event.key))) held.push("Shift");
    return [...held, CHARACTER.test(event.key) ? event.key.toUpperCase() : event.key].join("+");
  }

  let shortcuts = [];

  function onKeyDown(event) {
    if (acting || event.isComposing || event.repeat) return;
    if (event.altKey && !event.ctrlKey && !event.metaKey && shortcuts.includes(event.code)) {
      event.preventDefault();
      event.stopPropagation();
      return tell({ type: "shortcut", code: event.code });
    }
    const plain = CHARACTER.test(event.key) && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (plain || ["Control", "Alt", "Meta", "Shift", "Unidentified", "Process"].includes(event.key)) return;
    const element = event.target instanceof Element ? event.target : document.body;
    if (isSecret(element)) return;
    settle(element);
    const active = event.key === "Enter" && element.getAttribute("aria-activedescendant");
    const chosen = active && OPTION.exec(idOf(document.getElementById(active)));
    if (chosen) observed("choose", chosen[1], chosen[2], element);
    else if (!(element.matches(TYPED) && EDITING.has(event.key))) observed("press", idOf(element), chord(event), element);
  }

  function onKeyUp(event) {
    const box = event.target instanceof Element && event.target.closest("[role=checkbox],[role=switch]");
    if (!acting && box && idOf(box) && [" ", "Enter"].includes(event.key)) tickedSoon(box);
  }

  // -- pointing ------------------------------------------------------------------------------------------

  const GAP = 5;
  const ring = document.createElement("div");
  const chip = document.createElement("div");
  for (const part of [ring, chip]) {
    part.setAttribute("aria-hidden", "true");
    Object.assign(part.style, { position: "fixed", pointerEvents: "none", zIndex: "2147483646", display: "none" });
  }
  ring.id = "coach-ring";
  Object.assign(ring.style, {
    border: "3px solid #0b3d91",
    outline: "3px solid #ffb300",
    borderRadius: "10px",
    boxSizing: "border-box",
  });
  chip.id = "coach-chip";
  Object.assign(chip.style, {
    background: "#0b3d91",
    color: "#ffffff",
    border: "1px solid #ffffff",
    borderRadius: "8px",
    padding: "4px 10px",
    font: "600 14px/1.4 system-ui, 'Noto Sans SC', 'Microsoft YaHei', sans-serif",
    maxWidth: "min(260px, 80vw)",
  });

  let pointed = null; // {target, label, others: the way back to it, found, element}
  let queued = false;

  function draw() {
    queued = false;
    const meant = pointed && find(pointed.target);
    const found = Boolean(meant && isVisible(meant));
    const element = found || !pointed ? meant : pointed.others.map(find).find((other) => other && isVisible(other));
    if (pointed && (found !== pointed.found || element !== pointed.element)) {
      pointed.found = found;
      pointed.element = element;
      if (element) reveal(element);
      const back = !found && element && isVisible(element) ? nameOf(element) : "";
      tell({ type: "pointed", target: pointed.target, found, label: labelOf(pointed.target), back });
    }
    const bare = element && isVisible(element) && !isUnderDialog(element);
    ring.style.display = bare ? "block" : "none";
    chip.style.display = "none";
    if (!bare) return;
    if (!ring.isConnected) document.documentElement.append(ring, chip);
    const box = element.getBoundingClientRect();
    Object.assign(ring.style, {
      left: `${Math.max(0, box.left - GAP)}px`,
      top: `${Math.max(0, box.top - GAP)}px`,
      width: `${Math.min(innerWidth, box.right + GAP) - Math.max(0, box.left - GAP)}px`,
      height: `${box.bottom + GAP - Math.max(0, box.top - GAP)}px`,
    });
    if (pointed.label && found) drawChip(box);
  }

  function isUnderDialog(element) {
    return [...document.querySelectorAll("[role=dialog][aria-modal=true]")].some(
      (dialog) => !dialog.contains(element) && [...dialog.querySelectorAll("*")].some(isVisible),
    );
  }

  function drawChip(box) {
    chip.textContent = pointed.label;
    chip.style.display = "block";
    const size = chip.getBoundingClientRect();
    const below = box.bottom + GAP + 8;
    const above = box.top - GAP - 8 - size.height;
    const fits = below + size.height <= innerHeight ? below : above >= 0 ? above : null;
    if (fits === null) chip.style.display = "none"; // it never covers what it points at
    else {
      chip.style.top = `${fits}px`;
      chip.style.left = `${Math.max(4, Math.min(box.left, innerWidth - size.width - 4))}px`;
    }
  }

  function reveal(element) {
    const box = element.getBoundingClientRect();
    const inside = box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
    if (!inside) element.scrollIntoView({ block: "center", inline: "nearest", behavior: calm.matches ? "auto" : "smooth" });
    if (!calm.matches) ring.animate([{ opacity: 0.2 }, { opacity: 1 }], { duration: 400, iterations: 3 });
  }

  function redraw() {
    if (!pointed || queued) return;
    queued = true;
    requestAnimationFrame(draw);
  }

  function point(target, label, others = []) {
    pointed = target ? { target, label, others, found: null, element: null } : null;
    draw();
  }

  addEventListener("scroll", redraw, { capture: true, passive: true });
  addEventListener("resize", redraw, { passive: true });
  document.addEventListener("transitionend", redraw, true);
  document.addEventListener("animationend", redraw, true);
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => target !== ring && target !== chip)) redraw();
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, characterData: true });
  new ResizeObserver(redraw).observe(document.body || document.documentElement);

  // -- acting for the trainee ----------------------------------------------------------------------------

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  const usable = (element) =>
    Boolean(element) && isVisible(element) && !element.matches(":disabled,[aria-disabled=true]");

  async function ready(target, others = []) {
    const end = performance.now() + PATIENCE_MS;
    const astray = performance.now() + ASTRAY_MS;
    const left = new Set(others);
    for (;;) {
      const element = find(target);
      if (usable(element)) return element;
      if (performance.now() > end) return null;
      const other = performance.now() > astray && !(element && isVisible(element)) && [...left].find((one) => usable(find(one)));
      if (other && left.delete(other)) takeBack(find(other));
      await pause(100);
    }
  }

  function takeBack(element) {
    acting = true;
    element.click();
    acting = false;
  }

  function type(element, text) {
    const input = field(element);
    input.focus();
    const kind = input instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(input, text);
    input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const DO = {
    click: (element) => element.click(),
    fill: (element, { text }) => type(element, text),
    tick: (element, { on }) => {
      const box = element.matches(BOX) ? element : element.querySelector(BOX) || element;
      if (isOn(box) !== on) box.click();
    },
    choose: (element, { option }) => {
      if (!element.matches("select")) return element.click();
      element.value = option;
      element.dispatchEvent(new Event("change", { bubbles: true }));
    },
  };

  // What is acted on: of a list that the page draws itself the option, once the list is open.
  async function aim(element, { verb, target, option }) {
    if (!element || verb !== "choose" || element.matches("select")) return element;
    field(element).click();
    return ready(`${target}.option[${option}]`);
  }

  let begun = 0; // number of the action last asked for: an order that comes twice is done once

  async function perform({ id, action, others }) {
    if (id === begun) return;
    begun = id;
    point(action.target, "", others);
    const element = await ready(action.target, others);
    await pause(calm.matches ? 150 : 500); // so that it can be followed
    acting = true;
    try {
      const meant = await aim(element, action);
      tell({ type: "performed", id, verb: action.verb, target: action.target, ok: Boolean(meant) });
      if (meant) DO[action.verb](meant, action);
    } finally {
      acting = false;
    }
  }

  // -- what the coach asks for ---------------------------------------------------------------------------

  const ORDERS = {
    hello: ({ keys }) => (shortcuts = Array.isArray(keys) ? keys : []),
    point: ({ target, label, others }) => point(target, label || "", Array.isArray(others) ? others : []),
    clear: () => point(null, ""),
    perform,
    read: ({ fields, visible, labels }) =>
      tell({
        type: "read",
        fields: Object.fromEntries(fields.map((target) => [target, contentOf(target)])),
        visible: Object.fromEntries(visible.map((target) => [target, Boolean(find(target) && isVisible(find(target)))])),
        labels: Object.fromEntries(labels.map((target) => [target, labelOf(target)])),
      }),
    focus: ({ target }) => {
      const element = target && find(target);
      window.focus();
      if (element) field(element).focus();
    },
    reload: () => location.reload(),
  };

  if (direct) window.trainerOrder = (order) => Object.hasOwn(ORDERS, order.type) && ORDERS[order.type](order);
  else addEventListener("message", (event) => {
    if (event.origin !== HOME || event.source !== window.parent) return;
    const order = event.data;
    if (order && order.coach === 1 && Object.hasOwn(ORDERS, order.type)) ORDERS[order.type](order);
  });

  document.addEventListener("input", onInput, true);
  document.addEventListener("change", onChange, true);
  document.addEventListener("click", onClick, true);
  document.addEventListener("keydown", onKeyDown, true);
  document.addEventListener("keyup", onKeyUp, true);
  document.addEventListener("focusout", ({ target }) => settle(target), true);
  addEventListener("pagehide", settleAll);
  tell({ type: "ready", path: location.pathname, how: (performance.getEntriesByType("navigation")[0] || {}).type || "" });
})();
