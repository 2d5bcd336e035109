// Answers by voice. What the microphone gives is cut into pieces of 400 ms; each is kept in this browser (IndexedDB)
// until the server has it on its disk, and sent in order, one at a time. Whoever breaks, page, browser or server,
// loses the piece that was being spoken and nothing else; the next start begins a new segment of the same take. A
// browser that keeps nothing has its pieces in this page instead, until it is closed.
(() => {
  "use strict";

  const PIECE_MS = 400;
  const KEEP_MS = 24 * 3600 * 1000;
  const FIRST_WAIT_MS = 250;
  const LONGEST_WAIT_MS = 4000;
  const PATIENCE_MS = 8000;
  const FINISH_MS = 10000;
  const TYPES = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"];
  const FILM_TYPES = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];
  const PICTURE = { width: { ideal: 320 }, height: { ideal: 240 }, frameRate: { ideal: 15 } };
  const TRY_MS = 3000;
  const FOLLOW_MS = 2000;

  const kept = window.hrmsKept("hrms-voice", "pieces");

  let unkept = []; // pieces that the browser did not keep
  let room = null; // the recorder that is shown
  let trying = null; // the device check's own picture, switched off when the check is left
  let sending = null;
  let wait = FIRST_WAIT_MS;

  // ---- pieces on their way to the server ---------------------------------------------------------

  const number = (value, digits) => String(value).padStart(digits, "0");

  // What is not on the server's disk yet, in the order in which it was spoken.
  async function waiting() {
    const pieces = [...(await kept.all()), ...unkept];
    return pieces.sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  async function drop(matches) {
    unkept = unkept.filter((piece) => !matches(piece));
    await kept.erase(matches);
  }

  // Send everything that waits, in order; resolves when the server has it all. A piece that the server will
  // never take is dropped with the others of its take. Takes of somebody who is not signed in now wait until they
  // are, and hold up nobody else's.
  function send() {
    sending ||= deliver().finally(() => (sending = null));
    return sending;
  }

  async function deliver() {
    const barred = new Set();
    for (;;) {
      const next = (await waiting()).find(({ recording }) => !barred.has(recording));
      if (!next) return;
      const outcome = await post(next);
      if (outcome === "taken") {
        wait = FIRST_WAIT_MS;
        await drop(({ key }) => key === next.key);
      } else if (outcome === "refused") {
        await drop(({ recording }) => recording === next.recording);
      } else if (outcome === "barred") {
        barred.add(next.recording);
      } else {
        tell(unkept.length ? "kept-here" : "kept");
        await new Promise((resolve) => setTimeout(resolve, wait));
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
        if (room?.recorder) tell("recording");
      }
    }
  }

  async function post({ base, recording, segment, seq, type, sound }) {
    try {
      const query = new URLSearchParams({ id: recording, segment, seq });
      const answer = await fetch(`${base}/recording/piece?${query}`, {
        method: "POST",
        headers: { "Content-Type": type },
        body: sound,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (answer.ok) return "taken";
      if ([401, 403].includes(answer.status)) return "barred";
      return [404, 409, 422].includes(answer.status) ? "refused" : "later";
    } catch (error) {
      return "later";
    }
  }

  async function ask(path, body) {
    const answer = await fetch(`${room.box.dataset.base}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(`${told.error.message} ${told.error.hint}`);
    return told;
  }

  // ---- the recorder ------------------------------------------------------------------------------

  function open(box) {
    const part = (name) => box.querySelector(`[data-testid="interview.${name}"]`);
    const mine = (room = {
      box,
      button: part("record"),
      use: part("use_recording"),
      level: part("level"),
      time: part("recorded_time"),
      state: part("recording_state"),
      player: part("my_recording"),
      film: part("my_film"),
      picture: part("with_picture"), // null where no picture is recorded
      own: part("own_picture"),
      left: Number(box.dataset.left),
      take: box.dataset.open || null, // begun and not finished
      recorder: null,
      turn: Promise.resolve(),
      said: { text: box.dataset.said, start: -1, end: -1 }, // the words of the newest take, and where they stand
      known: null, // the whole text as it was last seen, from the first words on
      unread: false, // words came that nobody can have read yet
      finishing: false,
    });
    // one press after the other: a second one, by keyboard say, stops what the first has begun
    mine.press = (act) => (mine.turn = mine.turn.then(act).catch((error) => say(error.message)));
    mine.button.addEventListener("click", () => mine.press(() => (mine.recorder ? stop(mine) : start(mine))));
    mine.use.addEventListener("click", () => mine.press(() => use(mine)));
    mine.level.hidden = true;
    if (mine.take) tell("interrupted");
    offer(mine);
    send();
  }

  // Show what may be done now.
  function offer(mine) {
    const labels = mine.box.dataset;
    const last = labels.newest || mine.player.src ? labels.labelAgain : labels.labelRecord;
    mine.button.textContent = mine.recorder ? labels.labelFinish : mine.take ? labels.labelGoOn : last;
    mine.use.hidden = !mine.take || Boolean(mine.recorder);
    const used = mine.left <= 0 && !mine.take;
    if (used) mine.button.disabled = true;
    mine.box.dataset.recording = mine.recorder ? "1" : "0";
  }

  function tell(what) {
    if (!room) return;
    const key = what.replace(/-./g, (two) => two[1].toUpperCase());
    room.state.dataset.state = what;
    room.state.textContent = room.box.dataset[`label${key[0].toUpperCase()}${key.slice(1)}`] || "";
  }

  function say(text) {
    room.state.dataset.state = "refused";
    room.state.textContent = text;
  }

  async function microphone(picture) {
    tell("asking");
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: true, video: picture && PICTURE });
    } catch (error) {
      tell(picture ? "no-camera" : error.name === "NotAllowedError" ? "denied" : "none");
      return null;
    }
  }

  async function start(mine) {
    window.hrmsSpoken.stop();
    mine.player.pause();
    mine.film.pause();
    mine.time.textContent = "";
    const picture = Boolean(mine.picture?.checked);
    const stream = await microphone(picture);
    if (!stream) return;
    try {
      const begun = await ask("/recording", { sitting: mine.box.dataset.sitting, question: mine.box.dataset.question, picture });
      if (mine !== room) throw new Error("another question is shown");
      if (mine.take !== begun.id) mine.left -= 1;
      mine.take = begun.id;
      await record(mine, stream, begun);
    } catch (error) {
      stream.getTracks().forEach((track) => track.stop());
      if (mine === room) say(error.message);
    }
  }

  function record(mine, stream, { id, segment, most }) {
    const { base, sandbox } = mine.box.dataset;
    const filmed = stream.getVideoTracks().length > 0;
    const type = (filmed ? FILM_TYPES : TYPES).find((one) => MediaRecorder.isTypeSupported(one));
    const rates = { audioBitsPerSecond: 64000, videoBitsPerSecond: 250000 };
    const recorder = new MediaRecorder(stream, { mimeType: type, ...rates });
    if (filmed) lookAt(mine.own, stream);
    let sounded;
    const something = new Promise((resolve) => (sounded = resolve));
    let count = 0;
    let writing = Promise.resolve(); // one after the other, so that they are found in order
    recorder.addEventListener("dataavailable", ({ data }) => {
      if (!data.size) return;
      const seq = count++;
      if (seq) sounded(); // the first piece may hold no sound yet
      writing = writing.then(async () => {
        const key = `${id}/${number(segment, 3)}/${number(seq, 6)}`;
        const piece = { key, base, sandbox, recording: id, segment, seq, type, at: Date.now() };
        piece.sound = await data.arrayBuffer();
        if (!(await kept.put(piece))) unkept.push(piece);
        send();
      });
    });
    const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve));
    recorder.addEventListener("stop", () => sounded());
    mine.end = async () => {
      if (recorder.state !== "inactive") recorder.stop();
      stream.getTracks().forEach((track) => track.stop());
      if (mine.own) lookAt(mine.own, null);
      await ended;
      await writing;
    };
    mine.recorder = recorder;
    stream.getAudioTracks()[0].addEventListener("ended", () => mine.recorder === recorder && stop(mine)); // unplugged
    recorder.start(PIECE_MS);
    mine.quiet = meter(stream, mine, performance.now(), most);
    if (mine.box.dataset.follows) follow(mine, recorder, id);
    tell("recording");
    offer(mine);
    return something; // once there is, it may be stopped
  }

  // Show somebody their own picture; nothing of it leaves the page from here.
  function lookAt(video, stream) {
    video.srcObject = stream;
    video.hidden = !stream;
    if (stream) video.play();
  }

  // Show what is understood so far; what the whole take gives is what counts.
  async function follow(mine, recorder, id) {
    const shown = mine.box.querySelector('[data-testid="interview.preliminary"]');
    const words = shown.querySelector("[data-words-so-far]");
    const going = () => mine.recorder === recorder;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
      if (!going()) break;
      try {
        const query = new URLSearchParams({ id });
        const signal = AbortSignal.timeout(PATIENCE_MS);
        const answer = await fetch(`${mine.box.dataset.base}/recording/partial?${query}`, { signal });
        const { text } = answer.ok ? await answer.json() : { text: "" };
        if (!going()) break;
        if (text) words.textContent = text;
        shown.hidden = !words.textContent;
      } catch (error) {
        // the connection is gone: what was shown stays
      }
    }
    words.textContent = "";
    shown.hidden = true;
  }

  // Loudness and time while it records; at the end of the time it stops by itself.
  function meter(stream, mine, began, most) {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const wave = new Float32Array(analyser.fftSize);
    mine.level.hidden = false;
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(wave);
      mine.level.value = Math.min(1, 4 * Math.sqrt(wave.reduce((sum, one) => sum + one * one, 0) / wave.length));
      const seconds = Math.floor((performance.now() - began) / 1000);
      mine.time.textContent = `${Math.floor(seconds / 60)}:${number(seconds % 60, 2)}`;
      if (seconds >= most && mine.recorder) stop(mine);
    }, 100);
    return () => {
      clearInterval(timer);
      context.close();
      mine.level.hidden = true;
    };
  }

  async function silence(mine) {
    if (!mine.recorder) return;
    mine.recorder = null;
    mine.quiet();
    await mine.end();
  }

  async function stop(mine) {
    mine.button.disabled = true;
    await silence(mine);
    await use(mine);
  }

  // Finish the take and put what was understood into the answer, where it can be corrected.
  async function use(mine) {
    mine.button.disabled = mine.use.disabled = true;
    try {
      await send();
      if (mine !== room) return;
      tell("understanding");
      const done = await ask("/recording/finish", { id: mine.take });
      if (mine !== room) return;
      mine.take = null;
      mine.left = done.left;
      tell(done.outcome === "no_model" ? "no-model" : done.outcome);
      if (done.seconds) {
        mine.player.src = `${mine.box.dataset.base}/recording?id=${encodeURIComponent(done.id)}`;
        mine.player.hidden = false;
      }
      mine.film.hidden = !done.film;
      if (done.film) mine.film.src = `${mine.box.dataset.base}/recording/film?id=${encodeURIComponent(done.id)}&part=0`;
      if (done.text) write(mine, done.text);
    } catch (error) {
      if (mine === room) tell("failed");
    }
    mine.button.disabled = mine.use.disabled = false;
    offer(mine);
  }

  // Finish what is being recorded before the answer goes; what the server has not got until then is lost to it. True
  // when the answer may go: not where words came into it that nobody has read yet.
  async function finished() {
    const mine = room;
    if (!mine || mine.finishing) return !mine;
    mine.finishing = true;
    mine.unread = false;
    if (mine.recorder) mine.press(() => mine.recorder && stop(mine));
    if (mine.take) await Promise.race([mine.turn, new Promise((resolve) => setTimeout(resolve, FINISH_MS))]);
    mine.finishing = false;
    return mine === room && !mine.unread;
  }

  // Put the words of a take where those of the take before stand, corrected or not; else below what was typed.
  function write(mine, text) {
    const area = document.querySelector('[data-testid="interview.answer"]');
    if (!area || area.readOnly) return;
    if (mine.known === null) area.addEventListener("input", () => followTyping(mine, area.value));
    const { start, end } = place(mine.said, area.value);
    const before = start < 0 && area.value.trim() ? `${area.value.trimEnd()}\n` : area.value.slice(0, Math.max(0, start));
    const after = start < 0 ? "" : area.value.slice(end);
    area.value = `${before}${text}${after}`;
    mine.said = { text, start: before.length, end: before.length + text.length };
    mine.known = area.value;
    mine.unread = true;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

  // Where the words of the newest take stand: as they were followed, or, on a page loaded anew, where they are found.
  function place({ text, start, end }, value) {
    const found = start < 0 && text ? value.indexOf(text) : start;
    return { start: found, end: start < 0 ? found + text.length : end };
  }

  // Keep in mind where the words of the newest take stand while somebody types: what is changed within them is
  // theirs, what is typed before, behind or instead of them is the person's own.
  function followTyping(mine, fresh) {
    const { said, known: old } = mine;
    mine.known = fresh;
    if (old === fresh || said.start < 0) return;
    const same = (at) => at < old.length && at < fresh.length;
    let first = 0; // letters that are the same at the beginning, and then at the end
    while (same(first) && old[first] === fresh[first]) first += 1;
    let last = 0;
    while (same(first + last) && old.at(-1 - last) === fresh.at(-1 - last)) last += 1;
    const changed = old.length - last;
    const grown = fresh.length - old.length;
    if (first <= said.start && changed >= said.end) Object.assign(said, { text: "", start: -1, end: -1 });
    else if (changed <= said.start) Object.assign(said, { start: said.start + grown, end: said.end + grown });
    else if (first < said.start) Object.assign(said, { start: changed + grown, end: said.end + grown });
    else if (first < said.end) said.end = changed > said.end ? first : said.end + grown;
  }

  // ---- the device check: three seconds to hear oneself, which nobody else gets -------------------

  window.hrmsTryMicrophone = async (box) => {
    const [button, meterShown, player] = ["button", "meter", "audio"].map((name) => box.querySelector(name));
    const state = box.querySelector("[role=status]");
    const told = (what) => {
      state.dataset.state = what;
      state.textContent = box.dataset[`label${what[0].toUpperCase()}${what.slice(1)}`];
    };
    button.disabled = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const parts = [];
      const recorder = new MediaRecorder(stream);
      recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
      const quiet = meter(stream, { level: meterShown, time: document.createElement("span") }, performance.now(), 60);
      recorder.start();
      told("recording");
      await new Promise((resolve) => setTimeout(resolve, TRY_MS));
      const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve));
      recorder.stop();
      await ended;
      quiet();
      stream.getTracks().forEach((track) => track.stop());
      player.src = URL.createObjectURL(new Blob(parts, { type: recorder.mimeType }));
      player.hidden = false;
      told("works");
    } catch (error) {
      told(error.name === "NotAllowedError" ? "denied" : "none");
    }
    button.disabled = false;
  };

  // Show one's own picture until the button is pressed again; nobody else gets it.
  window.hrmsTryCamera = async (box) => {
    const [button, video] = ["button", "video"].map((name) => box.querySelector(name));
    const state = box.querySelector("[role=status]");
    const told = (what) => {
      state.dataset.state = what;
      state.textContent = box.dataset[`label${what[0].toUpperCase()}${what.slice(1)}`];
      button.textContent = what === "on" ? box.dataset.labelStop : box.dataset.labelTry;
    };
    const going = video.srcObject;
    if (going) {
      going.getTracks().forEach((track) => track.stop());
      lookAt(video, null);
      told("off");
      return;
    }
    try {
      lookAt(video, await navigator.mediaDevices.getUserMedia({ video: PICTURE }));
      told("on");
    } catch (error) {
      told(error.name === "NotAllowedError" ? "denied" : "none");
    }
  };

  // ---- coming and going --------------------------------------------------------------------------

  function look() {
    const box = document.querySelector("[data-voice]");
    if (room && room.box !== box) {
      silence(room);
      room = null;
    }
    const tried = document.querySelector('[data-testid="device.picture"]');
    if (trying && trying !== tried) trying.srcObject?.getTracks().forEach((track) => track.stop());
    trying = tried;
    if (box && !room) open(box);
  }

  // `forget` erases what waits here, when somebody signs out; `lose` stops, as another page has the interview now.
  window.hrmsVoice = { forget: () => drop(() => true), lose: () => room && silence(room).then(() => offer(room)), finished };

  window.addEventListener("hrms:connected", () => (wait = FIRST_WAIT_MS));
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  kept.erase((piece) => piece.at < Date.now() - KEEP_MS);
})();
