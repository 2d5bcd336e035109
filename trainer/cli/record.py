"""The command `record`: lessons as narrated films."""

from __future__ import annotations

import time
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from trainer import bootstrap
from trainer.app.ports import Voice
from trainer.app.publish import FilmCamera, NoGuide, retold, walk
from trainer.cli.files import check_folder, write
from trainer.cli.guide import brand_option
from trainer.cli.place import called, place_of, url_option
from trainer.cli.shares import orderly_end
from trainer.cli.show import CRASH_SECONDS, tell
from trainer.core.application import Application
from trainer.core.brand import Brand
from trainer.core.errors import ExitCode
from trainer.core.scenario import Scenario
from trainer.core.walkthrough import Walkthrough
from trainer.i18n import LANGS, ngettext, translator
from trainer.i18n import gettext as _
from trainer.web.pages.words import PROFILES

if TYPE_CHECKING:
    from guides.film.making import Film

SCALE = 1.5
"""Picture pixels per CSS pixel: what is shown larger stays sharp."""


@click.command(help=_("Make narrated films of lessons, with captions and chapters."))
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default=True,
    help=_("Folder for the files; made if missing."),
)
@click.option(
    "--lang", "langs", multiple=True, type=click.Choice(LANGS), help=_("Language; all of them by default.")
)
@click.option(
    "--entry",
    is_flag=True,
    help=_("Only how to leave: the minute that candidates are shown on entering an interview (entry.PROFILE…)."),
)
@brand_option
@url_option
def record(  # noqa: PLR0913  # one argument for each option
    ids: tuple[str, ...],
    out: Path,
    langs: tuple[str, ...],
    *,
    entry: bool,
    brand_file: Path | None,
    url: str | None,
) -> int:
    """Make films; prints the paths of the films. A film with a fault is not written, and the fault is told."""
    brand = bootstrap.brand(brand_file)
    catalogue = bootstrap.scenarios()
    chosen = catalogue.several(ids)
    check_folder(out)
    if entry:
        from guides.invitation import exit_step

        for scenario in chosen:  # before minutes of work
            exit_step(scenario.id, [step.id for step in scenario.steps])
    shown = {name for name in ids if url is None and name in catalogue.ids()}
    began = time.monotonic()
    made: list[Film] = []
    wrong = False
    with orderly_end(), bootstrap.voice() as voice, closing(bootstrap.films(brand)) as shelf:
        for scenario in chosen:
            with Studio(scenario, place_of(scenario, url), voice, brand) as studio:
                for lang in dict.fromkeys(langs) or LANGS:
                    film = _filmed(studio, lang, out, entry=entry)
                    if film is None:
                        wrong = True
                        continue
                    made.append(film)
                    if scenario.id in shown:
                        shelf.keep(scenario, lang, film.files, entry=entry)
    _tell_all(made, time.monotonic() - began)
    if wrong:
        click.echo(f"→ trainer verify {called(ids[0], url)}", err=True)
        return ExitCode.CHECK_FAILED
    click.echo(f"→ trainer guide {called(ids[0], url)}", err=True)
    return ExitCode.PASSED


def _filmed(studio: Studio, lang: str, out: Path, *, entry: bool) -> Film | None:
    """Make one film and write it; tell how long that took and how large it is, or what is wrong with it."""
    began = time.monotonic()
    try:
        film = studio.film(lang, tell, entry=entry)
    except NoGuide as error:
        click.echo(error.message, err=True)
        return None
    name = f"entry.{studio.scenario.profile}.{lang}" if entry else f"{studio.scenario.id}.{lang}"
    if not write_film(film, name, out):
        return None
    taken = time.monotonic() - began
    click.echo(
        _(
            "{name}: {size:.1f} MB, {seconds:.0f} s of film in {taken:.0f} s ({times:.1f} × real time), {drawn}"
        ).format(
            name=name,
            size=_megabytes(film),
            seconds=film.seconds,
            taken=taken,
            times=film.seconds / taken,
            drawn=ngettext("{count} scene drawn", "{count} scenes drawn", film.drawn).format(count=film.drawn),
        ),
        err=True,
    )
    click.echo(out / f"{name}.mp4")
    return film


def _megabytes(film: Film) -> float:
    return sum(map(len, film.files.values())) / 1_000_000


def _tell_all(films: Sequence[Film], taken: float) -> None:
    """Tell of all films together how many there are, how large they are and how long making them took."""
    seconds = sum(film.seconds for film in films)
    told = ngettext("{count} film", "{count} films", len(films)).format(count=len(films))
    click.echo(
        _("{films}: {size:.1f} MB, {seconds:.0f} s of film in {taken:.0f} s ({times:.1f} × real time)").format(
            films=told,
            size=sum(map(_megabytes, films)),
            seconds=seconds,
            taken=taken,
            times=seconds / taken,
        ),
        err=True,
    )


def write_film(film: Film, name: str, out: Path) -> bool:
    """Write the files of a film, or tell what is wrong with it; return whether it was written."""
    if film.complaints:
        click.echo(_("No film {name}:").format(name=name), err=True)
        for complaint in film.complaints:
            click.echo(f"  {complaint}", err=True)
        return False
    for ending, content in film.files.items():
        write(out / f"{name}.{ending}", content)
    return True


Progress = Callable[[str, int, int], None]
"""Hears what is being made, which part of it, and how many parts there are."""


def composed(
    walkthrough: Walkthrough,
    voice: Voice,
    brand: Brand,
    scenes: MutableMapping[str, bytes],
    progress: Progress,
) -> Film:
    """Return the film of what was performed.

    Args:
        walkthrough: What is told.
        voice: Speaks.
        brand: Name, logo, colours and footer.
        scenes: The scenes that were made before.
        progress: Hears how far it is.
    """
    from guides.film.making import make
    from guides.film.script import write as write_script

    lang = walkthrough.lang
    profile = walkthrough.profile.partition("@")[0]
    kind = PROFILES.get(profile, profile)
    script = write_script(
        walkthrough,
        lambda text: voice.say(text, lang),
        translator("guides", lang),
        translator("trainer", lang).gettext(kind) if kind else "",
    )
    name = f"{walkthrough.scenario} {lang}"
    return make(script, scenes, partial(progress, _("film {name}").format(name=name)), brand=brand)


@dataclass
class Studio:
    """Where the films of one lesson are made; the browser starts when something has to be performed.

    Attributes:
        scenario: The lesson.
        place: Somebody else's application on which it plays, or None.
        voice: Speaks.
        brand: Name, logo, colours and footer of the films.
        kept: Gives what was made before: ``footage`` and ``scenes``.
    """

    scenario: Scenario
    place: Application | None
    voice: Voice
    brand: Brand
    kept: Callable[[str], MutableMapping[str, bytes]] = bootstrap.kept

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self._venue: bootstrap.Venue | None = None
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def film(self, lang: str, progress: Progress, *, entry: bool = False) -> Film:
        """Make the film in one language.

        Args:
            lang: The language.
            progress: Hears how far it is.
            entry: Only how to leave, as it is shown on entering an interview.

        Raises:
            BadInput: The lesson does not show how to leave.
            NoGuide: The demo did not get through.
            BrokenEnvironment: There is no browser, no voice, or the application is gone.
        """
        self.voice.say(translator("scenarios", lang).gettext(self.scenario.title), lang)  # before minutes of work
        walkthrough = self._footage(lang, partial(progress, f"{self.scenario.id} {lang}"))
        if not entry:
            return composed(walkthrough, self.voice, self.brand, self.kept("scenes"), progress)
        from guides.film.entry import LONGEST_SECONDS, excerpt
        from guides.film.gates import too_long

        minute = excerpt(walkthrough, translator("guides", lang))
        film = composed(minute, self.voice, self.brand, self.kept("scenes"), progress)
        return replace(film, complaints=(*film.complaints, *too_long(film.seconds, LONGEST_SECONDS)))

    def _footage(self, lang: str, progress: Callable[[int, int], None]) -> Walkthrough:
        """Return what was performed: kept from before where nothing but words has changed."""
        from guides.film.drawing import window_size
        from trainer.adapters import footage

        translate = translator("scenarios", lang).gettext
        size = window_size()
        key = "" if self.place else footage.key_of(self.scenario, lang, size, SCALE)
        kept = self.kept("footage")
        if key in kept:
            with suppress(ValueError, KeyError):  # it is damaged: made again
                return retold(footage.unpack(kept[key]), self.scenario, translate)
        walkthrough = self._performed(lang, size, progress)
        if key:
            kept[key] = footage.pack(walkthrough)
        return walkthrough

    def _performed(self, lang: str, size: tuple[int, int], progress: Callable[[int, int], None]) -> Walkthrough:
        from guides.pictures import alike

        if self._venue is None:
            self._venue = self._open.enter_context(bootstrap.venue(self.place, crash_seconds=CRASH_SECONDS))
        with self._venue.stage(lang=lang, size=size, scale=SCALE) as stage:
            return walk(
                self.scenario,
                lang=lang,
                control=self._venue.control,
                stage=stage,
                clock=bootstrap.clock,
                translate=translator("scenarios", lang).gettext,
                new_id=bootstrap.new_id,
                scale=SCALE,
                tell=progress,
                same=alike,
                camera=FilmCamera,
            )
