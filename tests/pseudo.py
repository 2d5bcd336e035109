"""A pseudo-locale: each text of a catalogue in brackets, accented and a third longer, so that others stand out."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from sandbox_hrms import i18n as hrms_i18n
from trainer import i18n
from trainer.adapters.hrms_process import HrmsProcess

PLAIN = "aceinosuyACEINOSUY"
ACCENTED = "àçèîñöšûýÀÇÈÎÑÖŠÛÝ"
PLACEHOLDER = re.compile(r"(\$\{[^{}]*\}|\{[^{}]*\}|%\([^)]*\)[a-z]|https?://\S+)")
PROGRAM = "from tests.pseudo import install; install(); from trainer.cli import main; main()"
"""Runs the trainer in the pseudo-locale, and with it the practice HR system."""

HRMS_PROGRAM = "from tests.pseudo import install; install(); from sandbox_hrms.main import main; main()"
"""Runs the practice HR system alone in the pseudo-locale."""

NAMES = ("English", "HR", "PDF", "ZIP", "Markdown", "CSV", "MB", "UTC", "Chrome", "Linux")
"""Names that are the same in every language."""

UNTRANSLATED = """allowed => {
    let inside = 0;
    const names = new RegExp(`(?<![a-z])(${allowed.join("|")})(?![a-z])`, "gi");
    const data = /\\S+[@./]\\S+|\\S*\\d\\S*|[A-Z]{4}(-[A-Z]{4})+/g;
    const plain = text => {
        let rest = "";
        for (const letter of text) {
            if (letter === "⟦") inside += 1;
            else if (letter === "⟧") inside -= 1;
            rest += inside ? " " : letter;
        }
        rest = rest.replace(/⟧/g, " ").replace(data, " ").replace(names, " ").replace(/\\s+/g, " ").trim();
        return /[a-z]{2,}/i.test(rest) ? [rest] : [];
    };
    const whole = document.body.innerText;
    if (whole.trim() && !whole.includes("⟦")) return [whole];
    const found = plain(document.title).map(text => `title: ${text}`);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, element = node.parentElement;
        const unsaid = element.closest("code, kbd, script, style, pre, .notranslate");
        if (element.checkVisibility({visibilityProperty: true}) && !unsaid)
            found.push(...plain(node.textContent));
    }
    for (const element of document.querySelectorAll("[aria-label], [alt], [title], [placeholder]"))
        for (const name of ["aria-label", "alt", "title", "placeholder"])
            found.push(...plain(element.getAttribute(name) ?? "").map(text => `${name}: ${text}`));
    return found;
}"""
"""Names what can be seen, or is read out, and comes from no catalogue; addresses, names of files and codes may."""

CLIPPED = """() => [...document.body.querySelectorAll("*")].filter(element => {
    const style = getComputedStyle(element);
    for (let around = element; around; around = around.parentElement)
        if (getComputedStyle(around).clipPath !== "none") return false;
    if (!element.checkVisibility({visibilityProperty: true}) || !element.innerText) return false;
    const cut = ["hidden", "clip"];
    return (cut.includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
        || (cut.includes(style.overflowY) && element.scrollHeight > element.clientHeight + 1);
}).map(element => element.innerText.replace(/\\s+/g, " ").slice(0, 80))"""
"""Names what does not fit into its place, but for what is there only to be read out."""


class Pseudo(i18n.Translations):
    """Every text, told in the pseudo-locale."""

    def gettext(self, message: str) -> str:
        """Return the text."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for `n`."""
        return pseudo(msgid1 if n == 1 else msgid2)


def pseudo(text: str) -> str:
    """Return a text accented, in brackets and a third longer; what is filled in stays outside of the brackets."""
    parts = PLACEHOLDER.split(text)
    parts[::2] = [_told(part) for part in parts[::2]]
    return "".join(parts)


def _told(part: str) -> str:
    if not any(map(str.isalpha, part)):
        return part
    return f"⟦{part.translate(str.maketrans(PLAIN, ACCENTED))}{' ö' * (len(part) // 6)}⟧"


def install() -> None:
    """Let every catalogue of this process, and of a practice HR system that it starts, speak the pseudo-locale."""

    def load(_source: Path, _age: int) -> i18n.Translations:
        return Pseudo()

    i18n._load = load  # type: ignore[assignment]  # noqa: SLF001  # the one place where catalogues are read
    hrms_i18n.catalogue = lambda _lang: Pseudo()  # type: ignore[assignment]
    root = Path(__file__).parents[1]
    first = f"import sys; sys.path.insert(0, {str(root)!r}); from tests.pseudo import install; install()"
    HrmsProcess.__init__.__kwdefaults__["first"] = first  # type: ignore[attr-defined]


def problems(page: Page, *allowed: str) -> list[str]:
    """Return what on a page comes from no catalogue (but for `allowed` names) or does not fit into its place.

    What is framed in it is a part of the page.
    """
    found = []
    for frame in page.frames:
        found += [f"untranslated: {text}" for text in frame.evaluate(UNTRANSLATED, [*NAMES, *allowed])]
        found += [f"clipped: {text}" for text in frame.evaluate(CLIPPED)]
        wide = frame.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"the page is {wide} pixels too wide"] if wide > 0 else []
    return found
