"""Show: what makes a demo watchable: a visible cursor, click rings, captions and a person's pace."""

from __future__ import annotations

import unicodedata

from playwright.sync_api import Locator, Page

OVERLAY = """() => {
  if (window.__trainerShow || window.top !== window) return;
  const host = document.createElement("div");
  host.setAttribute("aria-hidden", "true");
  host.style.cssText = "position:fixed;inset:0;pointer-events:none;z-index:2147483647;margin:0";
  const root = host.attachShadow({mode: "closed"});
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .cursor { position:absolute; left:0; top:0; width:28px; height:28px; will-change:transform }
    .ring { position:absolute; width:44px; height:44px; margin:-22px 0 0 -22px; border:4px solid #e65100;
            border-radius:50%; box-sizing:border-box }
    .caption { position:absolute; left:50%; bottom:28px; transform:translateX(-50%); max-width:76%;
               box-sizing:border-box; padding:12px 22px; border-radius:10px; background:#102027; color:#fff;
               font:600 20px/1.45 system-ui,"Noto Sans CJK SC","Noto Sans SC",sans-serif; text-align:center }
    .caption:empty { display:none }`);
  root.adoptedStyleSheets = [sheet];
  const svg = (name, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const cursor = svg("svg", {viewBox: "0 0 28 28", class: "cursor"});
  cursor.append(svg("path", {d: "M3 2 L3 22 L8.5 17 L12 25 L15.5 23.4 L12 15.6 L19.5 15.6 Z",
    fill: "#102027", stroke: "#fff", "stroke-width": "1.8", "stroke-linejoin": "round"}));
  const caption = document.createElement("div");
  caption.className = "caption";
  root.append(caption, cursor);
  const put = (x, y) => { cursor.style.transform = `translate(${x - 3}px, ${y - 2}px)`; };
  addEventListener("mousemove", event => put(event.clientX, event.clientY), true);
  addEventListener("mousedown", event => {
    const ring = document.createElement("div");
    ring.className = "ring";
    ring.style.left = `${event.clientX}px`;
    ring.style.top = `${event.clientY}px`;
    root.append(ring);
    ring.animate([{transform: "scale(.3)", opacity: 1}, {transform: "scale(1.25)", opacity: 0}],
      {duration: 550, easing: "ease-out"}).finished.then(() => ring.remove(), () => ring.remove());
  }, true);
  document.documentElement.append(host);
  window.__trainerShow = {put, tell: text => { caption.textContent = text; }};
}"""
"""Drawn into a closed shadow root that takes no clicks and is hidden from screen readers and test ids."""

SET_WHOLE = frozenset({"color", "date", "datetime-local", "month", "range", "time", "week"})
"""Kinds of fields in which nobody types a text letter by letter."""

FRAME_MS = 16
MOVE_SECONDS = 0.7
KEY_SECONDS = 0.045
LONGEST_TYPING_SECONDS = 6.0
LATIN_SECONDS = 1 / 17
WIDE_SECONDS = 1 / 6
SHORTEST_CAPTION_SECONDS = 1.4
LONGEST_CAPTION_SECONDS = 7.0


def reading_seconds(text: str) -> float:
    """Return how long one needs to read `text`: a Chinese character takes as long as three Latin letters."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    seconds = wide * WIDE_SECONDS + (len(text) - wide) * LATIN_SECONDS
    return min(max(seconds, SHORTEST_CAPTION_SECONDS), LONGEST_CAPTION_SECONDS)


class Show:
    """Moves, types and waits as a person does.

    Args:
        speed: 1 is natural, 2 twice as fast.
        captions: Whether captions are drawn; where they stand beside the picture they would cover it in vain.
    """

    def __init__(self, speed: float, *, captions: bool = True) -> None:
        self._speed = speed
        self._captions = captions
        self._at = (640.0, 400.0)
        self._caption = ""

    def refresh(self, page: Page) -> None:
        """Draw cursor and caption again where a new page has none."""
        page.evaluate(OVERLAY)
        page.evaluate(
            "([x, y, text]) => { __trainerShow.put(x, y); __trainerShow.tell(text); }", [*self._at, self._caption]
        )

    def tell(self, page: Page, caption: str) -> None:
        """Show a caption, and leave time to read it."""
        self._caption = caption if self._captions else ""
        self.refresh(page)
        self._pause(page, reading_seconds(caption))

    def move_to(self, page: Page, target: Locator) -> None:
        """Move the pointer to the middle of `target`, gently at both ends."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        if box is None:
            return
        start, end = self._at, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        frames = max(2, round(MOVE_SECONDS / self._speed * 1000 / FRAME_MS))
        for frame in range(1, frames + 1):
            share = frame / frames
            eased = share * share * (3 - 2 * share)
            page.mouse.move(start[0] + (end[0] - start[0]) * eased, start[1] + (end[1] - start[1]) * eased)
            page.wait_for_timeout(FRAME_MS)
        self._at = end
        self._pause(page, 0.15)

    def type(self, page: Page, target: Locator, text: str) -> None:
        """Replace the content of a field, letter by letter; a long text is typed faster, a date is set whole."""
        if target.evaluate("element => element.type") in SET_WHOLE:
            target.fill(text)
            self._pause(page, 0.3)
            return
        target.click()
        target.fill("")
        each = min(KEY_SECONDS, LONGEST_TYPING_SECONDS / max(len(text), 1)) / self._speed
        for letter in text:
            if letter == "\n":
                page.keyboard.press("Shift+Enter")
            else:
                page.keyboard.insert_text(letter)
            page.wait_for_timeout(each * 1000)
        self._pause(page, 0.3)

    def _pause(self, page: Page, seconds: float) -> None:
        page.wait_for_timeout(seconds / self._speed * 1000)
