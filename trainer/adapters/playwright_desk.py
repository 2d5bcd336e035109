"""Desk in a window of its own: what to do, the time that is left, and buttons that ask for help or hand in.

It stands beside the application's window, so that it never covers anything and changes nothing in it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from trainer.app.coach import Helping, Progress
from trainer.core.actions import Clear, Inject
from trainer.core.errors import BrokenEnvironment
from trainer.core.judge import Remark, RemarkKind
from trainer.core.modes import Help
from trainer.i18n import gettext as _
from trainer.i18n import sentences

WIDTH, HEIGHT = 380, 800

PAGE = """<!doctype html><meta charset="utf-8"><title></title><style>
body { font: 16px/1.5 system-ui, "Noto Sans SC", sans-serif; margin: 20px; color: #1c2430 }
h1 { font-size: 1.3rem } ol { padding-inline-start: 1.4em } p:empty, ul:empty { display: none }
#said { background: #fff4d6; padding: 8px 12px; border-radius: 8px } #time { font-weight: 700 }
#aloud[aria-pressed="true"] { background: #e8f1fb }
ul { background: #e8f1fb; padding: 8px 12px 8px 28px; border-radius: 8px }
button { font: inherit; padding: 8px 14px; margin: 4px 4px 4px 0 } button[hidden] { display: none }
</style><main><p id="count"></p><h1 id="caption" aria-live="polite"></h1><p id="time" role="timer"></p>
<p id="said" role="status"></p><ul id="hints" aria-live="polite"></ul><div id="buttons"></div>
<button id="aloud" type="button" aria-pressed="false" hidden></button>
<ol id="tasks"></ol></main>
"""

FURNISH = """({title, lang, buttons, aloud, tasks}) => {
  document.title = title;
  document.documentElement.lang = lang;
  for (const [name, text] of buttons) {
    const button = document.createElement("button");
    button.id = name;
    button.textContent = text;
    button.addEventListener("click", () => window.deskAsk(name));
    document.getElementById("buttons").append(button);
  }
  document.getElementById("aloud").textContent = aloud;
  for (const text of tasks) {
    const item = document.createElement("li");
    item.textContent = text;
    document.getElementById("tasks").append(item);
  }
}"""

READ_ALOUD = """lang => {
  const toggle = document.getElementById("aloud"), hints = document.getElementById("hints");
  const speech = window.speechSynthesis;
  if (!speech) return;
  const voice = () => speech.getVoices().find(one => one.lang.slice(0, 2) === lang.slice(0, 2));
  const on = () => toggle.getAttribute("aria-pressed") === "true";
  const offer = () => { toggle.hidden = !voice(); };
  const say = text => {
    if (!on() || !voice() || !text.trim()) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice();
    utterance.lang = lang;
    speech.speak(utterance);
  };
  toggle.addEventListener("click", () => {
    toggle.setAttribute("aria-pressed", String(!on()));
    speech.cancel();
    [...hints.children].forEach(hint => say(hint.innerText));
  });
  const told = changes => changes.forEach(({addedNodes}) => addedNodes.forEach(hint => say(hint.innerText)));
  new MutationObserver(told).observe(hints, {childList: true});
  speech.addEventListener("voiceschanged", offer);
  offer();
}"""
"""Off until asked for, and only where this browser has a voice; as `readAloud` of the practice page."""

TELL = """({texts, hidden, hints}) => {
  for (const [id, text] of Object.entries(texts)) {
    const element = document.getElementById(id);
    if (element.textContent !== text) element.textContent = text;
  }
  for (const [id, is] of Object.entries(hidden)) document.getElementById(id).hidden = is;
  const list = document.getElementById("hints");
  while (list.children.length > hints.length) list.lastChild.remove();
  for (const text of hints.slice(list.children.length)) {
    const item = document.createElement("li");
    item.textContent = text;
    list.append(item);
  }
}"""


class DeskWindow:
    """Implements `trainer.app.attend.Desk`.

    Args:
        browser: The browser in which the application is open, too.
        title: Of the lesson.
        lang: Language of the texts.
        progress: Where the Run stands at its begin.

    Raises:
        BrokenEnvironment: The window does not open.
    """

    def __init__(self, browser: Browser, title: str, lang: str, progress: Progress) -> None:
        self._asked: deque[str] = deque()
        self._said = ""
        self._hints: list[str] = []
        self._step = ""
        try:
            context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
            context.expose_binding("deskAsk", lambda _source, name: self._asked.append(str(name)))
            self.page = context.new_page()
            self.page.set_content(PAGE)
            tasks: Sequence[str] = () if progress.mode.tells else [step.say for step in progress.steps]
            buttons = (
                ("help", _("Help me")),
                ("back", _("Put me back")),
                ("go_on", _("Continue: let it happen")),
                ("done", _("I have done it")),
                ("open", _("Open my link again")),
                ("hand_in", _("Hand in")),
            )
            told = {"title": title, "lang": lang.replace("_", "-"), "buttons": buttons, "tasks": tasks}
            self.page.evaluate(FURNISH, {**told, "aloud": _("Read hints aloud")})
            if progress.mode.helps:
                self.page.evaluate(READ_ALOUD, told["lang"])
        except PlaywrightError as error:
            raise BrokenEnvironment(_("The coach's window does not open.")) from error
        self.page.on("close", lambda _page: self._asked.append("leave"))

    def show(self, progress: Progress) -> None:
        """Show where the Run stands."""
        step = progress.step
        if step is None or step.id != self._step:
            self._step, self._said, self._hints = step.id if step else "", "", []
        tells, due = progress.mode.tells, isinstance(progress.todo, Inject | Clear)
        number, total = min(progress.current + 1, len(progress.steps)), len(progress.steps)
        texts = {
            "count": _("Step {number} of {total}").format(number=number, total=total) if tells else "",
            "caption": (step.say if step else _("You have done it.")) if tells else _("Your tasks"),
            "time": "" if progress.left is None else time_left(progress.left),
            "said": progress.trouble or self._said,
        }
        hidden = {
            "help": progress.next_help is None,
            "back": not progress.can_go_back,
            "go_on": not (tells and due),
            "done": not progress.to_be_seen,
            "hand_in": not progress.mode.timed,
        }
        with suppress(PlaywrightError):  # a window that was closed asks to leave by its event
            self.page.evaluate(TELL, {"texts": texts, "hidden": hidden, "hints": self._hints})

    def remark(self, said: Remark, label: str) -> None:
        """Explain a wrong action."""
        early, late = said.kind is RemarkKind.OUT_OF_ORDER, said.kind is RemarkKind.TOO_LATE
        told = _("You pressed “{done}”. This step does not ask for that.")
        told = _("“{done}” comes later.") if early else _("“{done}” comes too late.") if late else told
        self._said = sentences(told.format(done=label), said.effect)

    def again(self) -> None:
        """Say that the Step is to be gone through once more."""
        self._said = _("This is not stored as it should be yet. Go through this step once more.")

    def offer(self) -> None:
        """Say where there is help."""
        told = _("Take your time. If you would like a hint, press “{button}”.")
        self._said = told.format(button=_("Help me"))

    def hint(self, helping: Helping) -> None:
        """Tell a hint."""
        aim = helping.actions[0].aim() if helping.actions else None
        general = {
            Help.SHOW: _("It is ringed now."),
            Help.DO: _("Watch: it is done for you."),
        }.get(helping.rung, aim or _("Read the step once more; something in it is missing still."))
        self._hints.append(helping.text or general)

    def asked(self) -> str:
        """Return what was asked for since the last time, or ""."""
        return self._asked.popleft() if self._asked else ""


def time_left(left: timedelta) -> str:
    """Return how much time is left, in words."""
    seconds = max(0, round(left.total_seconds()))
    if seconds <= 60:  # noqa: PLR2004  # the last minute is told in seconds
        return _("{seconds} s left").format(seconds=seconds)
    return _("{minutes} min left").format(minutes=-(-seconds // 60))
