// The journal of one interview room: what is typed is kept in this browser (IndexedDB) and on the server.
//
// Every input event gets a number (seq). The server keeps the highest one and answers after it was committed;
// one request is under way at a time. "Saved" is said only when the server has answered for the newest number.
// Where saving is done by hand (data-keeps is not "server") nothing is sent from here: see record.js.
(() => {
  "use strict";

  const KEEP_MS = 24 * 3600 * 1000;
  const FIRST_WAIT_MS = 250;
  const LONGEST_WAIT_MS = 4000;
  const PATIENCE_MS = 8000;
  const MILESTONES = [60, 30, 0];

  let room = null; // the open question, see open()
  let wait = FIRST_WAIT_MS;
  let retry = null;
  let timer = null;
  let leaving = false;

  const kept = window.hrmsKept("hrms-journal", "drafts");

  // ---- one question ------------------------------------------------------------------------------

  async function open(area) {
    const data = area.dataset;
    const mine = (room = {
      area,
      key: `${data.sandbox}/${data.sitting}/${data.question}`,
      sandbox: data.sandbox,
      sitting: data.sitting,
      question: data.question,
      page: data.page,
      base: data.base,
      keeps: data.keeps || "server",
      warn: data.warn === "1",
      seq: Number(data.seq),
      acked: Number(data.seq),
      written: Promise.resolve(true),
      sending: false,
      frozen: false,
      closed: data.readonly === "1",
    });
    area.value = data.draft || "";
    area.addEventListener("input", () => typed(mine));
    show(mine, area.value && mine.keeps === "server" ? "saved" : "");
    // A key before the journal is read would take the place of what the journal has.
    area.readOnly = true;
    const record = mine.keeps === "server" ? await kept.get(mine.key) : undefined;
    if (room !== mine || mine.frozen) return;
    area.readOnly = mine.closed;
    area.focus();
    if (mine.keeps !== "server") return;
    kept.erase((other) => other.sandbox === mine.sandbox && other.key !== mine.key);
    const dropped = Number(localStorage.getItem(`hrms.left.${mine.sandbox}/${mine.sitting}`) || -1);
    if (!record || record.seq <= mine.acked || record.seq <= dropped) return;
    // This browser has something newer than the server: typed while the connection was lost, or just before the end.
    area.value = record.text;
    mine.seq = Math.max(mine.seq, record.seq) + 1;
    keep(mine);
  }

  function typed(mine) {
    if (mine.closed || mine.frozen) return;
    mine.seq += 1;
    keep(mine);
  }

  async function keep(mine) {
    if (mine.keeps !== "server") {
      show(mine, (await window.hrmsRecord.changed()) ? "local" : "");
      return;
    }
    show(mine, "saving");
    const { key, sandbox, seq } = mine;
    mine.written = kept.put({ key, sandbox, seq, text: mine.area.value, at: Date.now() });
    send(mine);
  }

  async function send(mine) {
    if (mine.keeps !== "server" || mine.sending || mine.closed || mine !== room || mine.acked >= mine.seq) return;
    mine.sending = true;
    clearTimeout(retry);
    const outcome = await post(mine.base, draft(mine));
    mine.sending = false;
    if (mine !== room) return;
    if (outcome.seq !== undefined) {
      wait = FIRST_WAIT_MS;
      mine.acked = Math.max(mine.acked, outcome.seq);
      if (mine.acked < mine.seq) send(mine);
      else show(mine, "saved");
      return;
    }
    if (!outcome.final) {
      retry = setTimeout(() => send(mine), wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    } else if (outcome.code === "taken_over") lose();
    if ((await mine.written) && mine.acked < mine.seq) show(mine, "local");
  }

  const draft = ({ sitting, question, page, seq, area }) => ({ sitting, question, page, seq, text: area.value });

  async function post(base, body) {
    try {
      const answer = await fetch(`${base}/draft`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE_MS), // a network that swallows everything answers never
      });
      if (answer.ok) return await answer.json();
      const refused = await answer.json().catch(() => ({}));
      window.hrmsFrame.refused(refused.error);
      return { final: answer.status < 500, code: refused.error && refused.error.code };
    } catch (error) {
      return { final: false }; // no connection: kept here, sent again later
    }
  }

  function show(mine, state) {
    const element = document.querySelector('[data-testid="interview.saved_state"]');
    if (!element || mine !== room) return;
    element.dataset.state = state;
    element.textContent = state ? element.dataset[`label${state[0].toUpperCase()}${state.slice(1)}`] : "";
  }

  // ---- what the server's handlers ask for --------------------------------------------------------

  // The answer as it stands now; the area takes no more until the server has spoken.
  function take() {
    if (!room) return { text: "", seq: 0 };
    room.frozen = true;
    room.area.readOnly = true;
    if (room.keeps === "server") show(room, "saving");
    return { text: room.area.value, seq: room.seq };
  }

  // The server refused: go on typing.
  function release() {
    if (!room || room.closed) return;
    room.frozen = false;
    room.area.readOnly = false;
    if (room.keeps === "server") show(room, room.acked >= room.seq ? "saved" : "saving");
    send(room);
    room.area.focus();
  }

  // Another page has the interview now: look only, send nothing.
  function lose() {
    if (room) {
      room.closed = true;
      room.area.readOnly = true;
    }
    clearTimeout(retry);
    window.hrmsRecord.lose();
    window.hrmsVoice.lose();
    document.querySelectorAll('[data-testid="banner.second_tab"]').forEach((banner) => (banner.hidden = false));
    document.querySelectorAll("[data-holder-only]").forEach((button) => (button.disabled = true));
  }

  // How this page was opened: by the person's own reload, or in another way.
  function entry() {
    const [navigation] = performance.getEntriesByType("navigation");
    const crashed = sessionStorage.getItem("hrms.crashed") !== null;
    sessionStorage.removeItem("hrms.crashed");
    const reloaded = Boolean(navigation) && navigation.type === "reload" && !crashed;
    if (reloaded) forgetLeaving();
    return { reloaded };
  }

  function forgetLeaving() {
    Object.keys(localStorage)
      .filter((key) => key.startsWith("hrms.left."))
      .forEach((key) => localStorage.removeItem(key));
  }

  // The interview is over for this page: nothing to warn of, nothing to keep.
  async function leaveFor(path) {
    leaving = true;
    room = null;
    await kept.erase();
    location.assign(path);
  }

  // The number of what was typed last; the server keeps no older draft in its place.
  const seq = () => (room ? room.seq : 0);

  window.hrmsJournal = { take, release, lose, entry, leaveFor, seq };

  // ---- device check ------------------------------------------------------------------------------

  // Try what the interview needs; times are milliseconds, null when there was no answer.
  window.hrmsDevice = async (base) => {
    const probe = { key: "probe", sandbox: "", seq: 0, text: "", at: Date.now() };
    await kept.put(probe);
    const storage = (await kept.get(probe.key)) !== undefined;
    await kept.erase((record) => record.key === probe.key);
    const times = [];
    for (let round = 0; round < 3; round += 1) {
      const start = performance.now();
      const answer = await fetch(`${base}/ping`, { cache: "no-store" }).catch(() => null);
      if (answer && answer.ok) times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const trip = times.length ? Math.round(times[Math.floor(times.length / 2)]) : null;
    return { storage, trip, width: window.innerWidth, height: window.innerHeight };
  };

  // ---- the clock of a question -------------------------------------------------------------------

  function startClock(element) {
    clearInterval(timer);
    const end = performance.now() + 1000 * Number(element.dataset.seconds);
    let last = null;
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      if (left === last) return;
      if (last !== null && MILESTONES.includes(left)) announce(element, left);
      last = left;
      element.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      element.dataset.over = left === 0 ? "1" : "0";
      if (left === 0) clearInterval(timer);
    };
    timer = setInterval(tick, 250);
    tick();
  }

  function announce(element, left) {
    const live = document.querySelector("[data-timer-live]");
    if (live) live.textContent = element.dataset[`at${left}`] || "";
  }

  // ---- coming and going --------------------------------------------------------------------------

  function look() {
    if (leaving) return;
    const area = document.querySelector('[data-testid="interview.answer"]');
    if (room && room.area !== area) {
      const { frozen, key } = room;
      room = null;
      if (frozen) kept.erase((record) => record.key === key); // submitted or saved: the server has it
    }
    if (area && !room) open(area);
    const clock = document.querySelector('[data-testid="interview.timer"]');
    if (clock && clock.dataset.ticking !== "1") {
      clock.dataset.ticking = "1";
      startClock(clock);
    }
  }

  const isOpen = () => room && room.keeps === "server" && !room.closed && !room.frozen && !window.hrmsFrame.reloadsItself;

  window.addEventListener("beforeunload", (event) => {
    if (isOpen() && room.warn && room.area.value.trim()) event.preventDefault();
  });

  window.addEventListener("pagehide", () => {
    if (!isOpen()) return;
    const { sandbox, sitting, page, base, seq } = room;
    if (room.warn) {
      // Where a closed tab drops the open draft, the copy in this browser is dropped with it.
      const dropped = navigator.onLine && window.socket?.connected;
      if (dropped) localStorage.setItem(`hrms.left.${sandbox}/${sitting}`, String(seq));
    } else if (room.acked < seq) {
      // The request under way ends with the page; this one does not, so that another device finds the last word, too.
      navigator.sendBeacon(`${base}/draft`, JSON.stringify(draft(room)));
    }
    navigator.sendBeacon(`${base}/leave`, JSON.stringify({ sitting, page }));
  });

  for (const event of ["online", "hrms:connected"]) {
    window.addEventListener(event, () => {
      wait = FIRST_WAIT_MS;
      if (room && room.acked < room.seq) send(room);
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-erase-journal") || form.dataset.erased) return;
    event.preventDefault();
    if (!window.hrmsRecord.maySignOut()) return;
    form.dataset.erased = "1";
    Promise.all([kept.erase(), window.hrmsRecord.forget(), window.hrmsVoice.forget()]).finally(() => form.submit());
  });

  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  kept.erase((record) => record.at < Date.now() - KEEP_MS);
})();
