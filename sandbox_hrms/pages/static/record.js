// The record of one sitting where saving is done by hand: what is not saved yet, and the request that saves it.
//
// "Saved" is said only when the server has answered, which it does after it was committed. Where the profile keeps
// an unsaved record on this device it is in IndexedDB; elsewhere nothing is kept on purpose.
(() => {
  "use strict";

  const KEEP_MS = 7 * 24 * 3600 * 1000;

  let root = null; // the element that tells about the sitting on this page; null where saving is automatic
  let changes = 0; // counts what was typed or noted
  let stored = 0; // the number of changes that the last save had
  let saving = false;
  let running = null; // resolves once what is being saved now is saved, or is not
  let closed = false; // another page has the interview
  let writing = null; // the newest write on this device; the store takes them one after the other

  const named = (name) => document.querySelector(`[data-testid="${name}"]`);
  const area = () => named("interview.answer");
  const sittingKey = () => `${root.dataset.sandbox}/${root.dataset.sitting}`;
  const onDevice = () => root && root.dataset.keeps === "device";

  // ---- this device -------------------------------------------------------------------------------

  const kept = window.hrmsKept("hrms-records", "records");
  const forget = kept.erase;

  // Keep the record as it stands on this device; true once it is kept.
  async function keep() {
    if (!onDevice() || closed) return false;
    const record = { key: sittingKey(), sandbox: root.dataset.sandbox, at: Date.now(), ...content() };
    writing = kept.put(record);
    return writing;
  }

  // ---- what there is to save ---------------------------------------------------------------------

  function content() {
    const { sitting, answers } = root.dataset;
    return { sitting, answers: JSON.parse(answers || "[]"), draft: draft(), notes: notes() };
  }

  function draft() {
    const open = area();
    if (!open || open.dataset.keeps === "server") return null;
    return { question: open.dataset.question, text: open.value, seq: window.hrmsJournal.seq() };
  }

  function notes() {
    const remarks = named("record.remarks");
    if (!remarks) return null;
    const ratings = {};
    document.querySelectorAll("[data-rates]").forEach((one) => {
      if (one.value) ratings[one.dataset.rates] = Number(one.value);
    });
    return { ratings, remarks: remarks.value };
  }

  const isDirty = () => changes > stored;
  const isUnsaved = () => Boolean(root) && (isDirty() || root.dataset.saved === "unsaved");

  function mark() {
    const element = named("record.mark");
    if (!element || !root) return;
    const state = saving ? "saving" : isUnsaved() ? "unsaved" : root.dataset.saved;
    element.dataset.state = state;
    element.textContent = element.dataset[`label${state[0].toUpperCase()}${state.slice(1)}`] || "";
  }

  // Something was typed or noted; true once it is kept on this device.
  async function changed() {
    if (!root || closed) return false;
    changes += 1;
    mark();
    return keep();
  }

  // ---- saving ------------------------------------------------------------------------------------

  // Save now, and end the interview if that is wanted, after a save that is on its way.
  function save(end = false) {
    running = end ? Promise.resolve(running).then(() => send(true)) : Promise.all([running, send(false)]);
    return running;
  }

  // Resolves once nothing is being saved: until then nobody can tell what is not saved.
  const settled = () => running;

  // What went wrong is said on the page.
  async function send(end) {
    if (!root || saving || closed) return;
    if (end) root.dataset.ending = "1";
    const ending = root.dataset.ending === "1";
    const mine = root;
    const count = changes;
    const record = content();
    saving = true;
    mark();
    const outcome = await post(mine.dataset.base, { ...record, end: ending, page: mine.dataset.page });
    saving = false;
    if (root !== mine) return;
    refusal(outcome.refused);
    if (outcome.code === "taken_over") window.hrmsJournal.lose();
    if (!outcome.refused) {
      stored = count;
      mine.dataset.saved = "saved";
      document.querySelectorAll(".chat-said .chip").forEach((chip) => {
        chip.className = "chip chip-good";
        chip.dataset.state = "saved";
        chip.textContent = chip.dataset.labelSaved;
      });
      await writing;
      if (isDirty()) keep();
      else await forget((one) => one.key === sittingKey());
      if (ending) {
        root = null;
        mine.dispatchEvent(new CustomEvent("hrmssaved"));
        return;
      }
    }
    mark();
  }

  async function post(base, body) {
    try {
      const answer = await fetch(`${base}/save`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (answer.ok) return await answer.json();
      const told = (await answer.json().catch(() => ({}))).error || {};
      window.hrmsFrame.refused(told);
      return { refused: told.message ? told : "offline", code: told.code };
    } catch (error) {
      return { refused: "offline" };
    }
  }

  // Say why a save did not work: "offline", or what the server said; nothing takes the words away.
  function refusal(why) {
    const element = named("record.refusal");
    if (!element) return;
    element.hidden = !why;
    element.textContent = why === "offline" ? element.dataset.offline : why ? inOneLine(element, why) : "";
  }

  function inOneLine(element, { message, hint }) {
    return element.dataset.sentences.replace(/\{(first|second)\}/g, (_, part) => (part === "first" ? message : hint || ""));
  }

  // ---- an unsaved record that was left on this device -----------------------------------------------

  // What this device has and the server has not; null for nothing.
  async function found(sandbox, sitting, answered, seq) {
    const record = await kept.get(`${sandbox}/${sitting}`);
    if (!record) return null;
    const open = record.draft;
    const more = record.answers.some((one) => !answered.includes(one.question));
    const typed = open && open.text.trim() && !answered.includes(open.question) && open.seq > seq;
    return more || typed ? { sitting, answers: record.answers, draft: typed ? open : null } : null;
  }

  // Save what was found, as it is; the button tells the page when that is done.
  async function saveFound(button, record) {
    const { base, page } = button.dataset;
    const outcome = await post(base, { ...record, notes: null, end: false, page });
    refusal(outcome.refused);
    if (outcome.refused) return;
    await forget((one) => one.sitting === record.sitting);
    button.dispatchEvent(new CustomEvent("hrmssaved"));
  }

  // ---- coming and going ----------------------------------------------------------------------------

  function look() {
    const now = document.querySelector("[data-record]");
    if (now === root) return;
    const before = root;
    root = now;
    if (!root) return;
    if (!before) changes = stored = 0;
    document.querySelectorAll("[data-initial]").forEach((one) => {
      one.value = one.dataset.initial; // what was saved; the framework would put it back over what is typed later
      one.removeAttribute("data-initial");
    });
    mark();
    forget((one) => one.sandbox === root.dataset.sandbox && one.key !== sittingKey());
    if (isUnsaved() && root.dataset.answers !== "[]") keep();
  }

  // Signing out erases what is on this device: true when the person may do so.
  function maySignOut() {
    return !isHere() || !onDevice() || !isUnsaved() || !content().answers.length || window.confirm(root.dataset.signOut);
  }

  // Another page has the interview now: say nothing more.
  function lose() {
    closed = true;
  }

  const isHere = () => root && !closed && !window.hrmsFrame.reloadsItself;

  document.addEventListener("input", (event) => {
    if (event.target.closest && event.target.closest("[data-notes]")) changed();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest('[data-testid="record.save"]');
    if (button && !button.disabled) save();
  });

  window.addEventListener("beforeunload", (event) => {
    const anything = root && (isDirty() || JSON.parse(root.dataset.answers || "[]").length > 0);
    if (isHere() && !onDevice() && isUnsaved() && anything) event.preventDefault();
  });
  window.addEventListener("pagehide", () => {
    if (!isHere()) return;
    const { sitting, page, base } = root.dataset;
    navigator.sendBeacon(`${base}/leave`, JSON.stringify({ sitting, page }));
  });

  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  forget((one) => one.at < Date.now() - KEEP_MS);
  window.hrmsRecord = { save, settled, found, saveFound, changed, isDirty, isUnsaved, forget, lose, maySignOut };
})();
