"""Keeps the catalogues of a checkout: ``python -m trainer.i18n update | compile | check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from trainer.i18n import LANGS, languages
from trainer.i18n.catalogues import compile_catalogues, counted, po_file, problems
from trainer.i18n.catalogues import update as update_file
from trainer.i18n.extract import SOURCES, texts_of

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "locales"


@click.group()
def main() -> None:
    """Extract texts, compile catalogues, and see that every language is complete."""


@main.command()
@click.argument("langs", nargs=-1)
def update(langs: tuple[str, ...]) -> None:
    """Bring .po files up to the texts in the source; existing translations stay.

    Without LANGS those of the complete languages; with a new one, such as `ja`, its files are begun.
    """
    for domain in SOURCES:
        wanted = texts_of(domain, ROOT)
        for lang in langs or LANGS:
            file = po_file(LOCALES, lang, domain)
            if update_file(file, wanted):
                click.echo(f"updated {file.relative_to(ROOT)}", err=True)
    compile_catalogues(LOCALES)


@main.command(name="compile")
def compile_all() -> None:
    """Compile every .po file that has changed."""
    for file in compile_catalogues(LOCALES):
        click.echo(f"compiled {file.relative_to(ROOT)}", err=True)


@main.command()
def status() -> None:
    """Count what is translated, language by language."""
    for lang in languages():
        counts = [counted(po_file(LOCALES, lang, domain), texts_of(domain, ROOT)) for domain in SOURCES]
        told = ", ".join(f"{domain} {done}/{total}" for domain, (done, total) in zip(SOURCES, counts, strict=True))
        share = sum(done for done, _total in counts) / sum(total for _done, total in counts)
        click.echo(f"{lang}: {share:.0%} ({told})")


@main.command()
def check() -> None:
    """List what is not extracted, not translated, or translated with other placeholders; exit 1 if anything is."""
    found = [
        problem
        for domain in SOURCES
        for lang in LANGS
        for problem in problems(po_file(LOCALES, lang, domain), texts_of(domain, ROOT))
    ]
    for problem in found:
        click.echo(problem)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
