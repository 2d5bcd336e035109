// The transcript in step with its recording: the word that is being heard is marked, and a word leads to its place.
// The words are one stop for the Tab key; the arrow keys go from word to word, Enter or the space bar plays from there.
(() => {
  "use strict";

  const BEFORE = 0.05; // seconds; players begin a little late

  function open(box) {
    box.dataset.opened = "1";
    const sound = document.querySelector(`[data-testid="${box.dataset.player}"]`);
    const timed = JSON.parse(box.dataset.words);
    const words = timed.map(([text, start], place) => {
      const word = document.createElement("button");
      word.type = "button";
      word.className = "timed-word";
      word.tabIndex = place ? -1 : 0;
      word.textContent = text;
      word.addEventListener("click", () => {
        choose(place);
        sound.currentTime = Math.max(0, start - BEFORE);
        sound.play();
      });
      return word;
    });
    words.forEach((word, place) => box.append(...(place && box.dataset.space ? [" ", word] : [word])));

    function choose(place) {
      words.forEach((word, other) => (word.tabIndex = other === place ? 0 : -1));
    }

    box.addEventListener("keydown", (event) => {
      const here = words.indexOf(document.activeElement);
      const last = words.length - 1;
      const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: last }[event.key];
      if (here < 0 || to === undefined) return;
      event.preventDefault();
      choose(Math.min(last, Math.max(0, to)));
      words[Math.min(last, Math.max(0, to))].focus();
    });

    function show() {
      const now = sound.currentTime;
      const heard = timed.findLastIndex(([, start]) => start - BEFORE <= now);
      words.forEach((word, place) => {
        if (place === heard && now > 0) word.setAttribute("aria-current", "true");
        else word.removeAttribute("aria-current");
      });
    }

    function follow() {
      show();
      if (!sound.paused && !sound.ended) requestAnimationFrame(follow);
    }

    sound.addEventListener("playing", follow);
    sound.addEventListener("seeked", show);
  }

  const look = () => document.querySelectorAll("[data-words]:not([data-opened])").forEach(open);

  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  look();
})();
