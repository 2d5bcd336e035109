// Questions read aloud: by itself where the browser allows it and the person has not switched it off; again on request.
(() => {
  "use strict";

  const SWITCH = "hrms.read_aloud";

  let player = null; // of the question that is shown

  const isOn = () => localStorage.getItem(SWITCH) !== "0";

  function open(box) {
    const mine = (player = {
      box,
      sound: box.querySelector("audio"),
      button: box.querySelector("button"),
      state: box.querySelector("[role=status]"),
    });
    const choice = box.querySelector("input");
    choice.checked = isOn();
    choice.addEventListener("change", () => {
      localStorage.setItem(SWITCH, choice.checked ? "1" : "0");
      if (!choice.checked) stop(mine);
    });
    mine.button.addEventListener("click", () => (mine.sound.paused ? play(mine) : stop(mine)));
    for (const event of ["playing", "pause", "ended"]) mine.sound.addEventListener(event, () => show(mine));
    if (isOn() && box.dataset.auto === "1") play(mine);
  }

  async function play(mine) {
    const { sound, box } = mine;
    tell(mine, "");
    if (!sound.src || sound.error) sound.src = box.dataset.url;
    sound.currentTime = 0;
    try {
      await sound.play();
    } catch (error) {
      if (error.name === "AbortError") return; // stopped, or the next question came
      tell(mine, error.name === "NotAllowedError" ? "blocked" : "failed");
    }
    show(mine);
  }

  function stop(mine) {
    mine.sound.pause();
    show(mine);
  }

  function show({ sound, button, box }) {
    button.textContent = sound.paused ? box.dataset.labelListen : box.dataset.labelStop;
  }

  function tell({ state, box }, what) {
    state.dataset.state = what;
    state.textContent = what ? box.dataset[`label${what[0].toUpperCase()}${what.slice(1)}`] : "";
  }

  // A sound plays on after its element has left the page, so it is stopped here.
  function look() {
    const box = document.querySelector("[data-spoken]");
    if (player && player.box !== box) {
      player.sound.pause();
      player = null;
    }
    if (box && !player) open(box);
  }

  window.hrmsSpoken = { stop: () => player && stop(player) };

  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
})();
