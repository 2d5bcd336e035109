"""A pseudo-locale: each text of a catalogue in brackets, accented and a third longer, so that others stand out."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from trainer import i18n

PLAIN = "aceinosuyACEINOSUY"
ACCENTED = "àçèîñöšûýÀÇÈÎÑÖŠÛÝ"
PLACEHOLDER = re.compile(r"(\$\{[^{}]*\}|\{[^{}]*\}|%\([^)]*\)[a-z]|https?://\S+)")
PROGRAM = "from tests.pseudo import install; install(); from trainer.cli import main; main()"
"""Runs the trainer in the pseudo-locale, in the place of English."""

UNTRANSLATED = """allowed => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let inside = 0;
    while (walker.nextNode()) {
        const node = walker.currentNode, element = node.parentElement;
        if (!element.checkVisibility({visibilityProperty: true}) || element.closest("code, script, style, pre"))
            continue;
        let rest = node.textContent, plain = "";
        for (const letter of rest) {
            if (letter === "⟦") inside += 1;
            else if (letter === "⟧") inside -= 1;
            else if (!inside) plain += letter;
        }
        for (const known of allowed) plain = plain.replaceAll(known, "");
        if (/[a-z]{2,}/i.test(plain)) found.push(plain.trim());
    }
    for (const element of document.querySelectorAll("[aria-label], [alt], [title], [placeholder]"))
        for (const name of ["aria-label", "alt", "title", "placeholder"]) {
            const text = element.getAttribute(name);
            if (text && /[a-z]{2,}/i.test(text) && !text.includes("⟦")) found.push(`${name}: ${text}`);
        }
    return found;
}"""
"""Names what can be seen, or is read out, and comes from no catalogue."""

CLIPPED = """() => [...document.body.querySelectorAll("*")].filter(element => {
    const style = getComputedStyle(element);
    const seen = element.checkVisibility({visibilityProperty: true}) && style.position !== "absolute";
    if (!seen || !element.innerText) return false;
    const cut = ["hidden", "clip"];
    return (cut.includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1)
        || (cut.includes(style.overflowY) && element.scrollHeight > element.clientHeight + 1);
}).map(element => element.innerText.slice(0, 80))"""
"""Names what does not fit into its place."""


class Pseudo(i18n.Translations):
    """Every text, told in the pseudo-locale."""

    def gettext(self, message: str) -> str:
        """Return the text."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for `n`."""
        return pseudo(msgid1 if n == 1 else msgid2)


def pseudo(text: str) -> str:
    """Return a text in brackets, accented outside of its placeholders, and a third longer."""
    parts = PLACEHOLDER.split(text)
    parts[::2] = [part.translate(str.maketrans(PLAIN, ACCENTED)) for part in parts[::2]]
    return f"⟦{''.join(parts)}{' ö' * (len(text) // 6)}⟧"


def install() -> None:
    """Let every catalogue of this process speak the pseudo-locale."""

    def load(_source: Path, _age: int) -> i18n.Translations:
        return Pseudo()

    i18n._load = load  # type: ignore[assignment]  # noqa: SLF001  # the one place where catalogues are read


def problems(page: Page, *allowed: str) -> list[str]:
    """Return what on a page comes from no catalogue (but for `allowed` names) or does not fit into its place."""
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = [f"untranslated: {text}" for text in page.evaluate(UNTRANSLATED, list(allowed))]
    found += [f"clipped: {text}" for text in page.evaluate(CLIPPED)]
    return [*found, *([f"the page is {wide} pixels too wide"] if wide > 0 else [])]
