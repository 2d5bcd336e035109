"""In a pseudo-locale no text of the practice HR system is left over from the source, and longer texts still fit.

The sandboxes are Chinese ones: what is data, such as names, posts, questions and answers, has no Latin letters.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.pseudo import HRMS_PROGRAM, problems
from tests.ui.accessible import WIDTHS, Judge, calm_context
from tests.ui.hrms.people import Server
from tests.ui.hrms.tour import NOBODY, PROFILES, Tour, skins

pytestmark = pytest.mark.browser

TYPED = ("admin", "head", NOBODY, "nobody", "Clear, quick answers.")
"""Logins, and what is typed on a tour."""

Begin = Callable[[str], tuple[Tour, Judge]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("pseudo"), program=HRMS_PROGRAM)
    yield running
    running.stop()


@pytest.fixture
def tour(browser: Browser, server: Server) -> Iterator[Begin]:
    """Begin a tour in a browser context and a sandbox of its own; it is judged at each width."""
    with calm_context(browser, *WIDTHS["desktop"]) as context:

        def begin(profile: str) -> tuple[Tour, Judge]:
            judge = Judge(lambda page: problems(page, *TYPED))
            return Tour(context.new_page(), server.sandbox("zh_CN", profile), profile, judge.look), judge

        yield begin


def test_every_text_of_a_few_pages_comes_from_a_catalogue_and_fits(tour: Begin) -> None:
    walk, judge = tour("app")
    walk.skin()
    assert judge.found == [], "\n".join(judge.found)


@pytest.mark.proof
@pytest.mark.parametrize("profile", PROFILES)
def test_every_text_of_every_page_comes_from_a_catalogue_and_fits(profile: str, tour: Begin) -> None:
    walk, judge = tour(profile)
    walk.pages()
    assert judge.found == [], "\n".join(judge.found)


@pytest.mark.proof
@pytest.mark.parametrize("profile", PROFILES)
def test_every_text_of_every_state_comes_from_a_catalogue_and_fits(profile: str, tour: Begin) -> None:
    walk, judge = tour(profile)
    walk.states()
    assert judge.found == [], "\n".join(judge.found)


@pytest.mark.proof
@pytest.mark.parametrize("name", skins())
def test_every_text_of_every_skin_comes_from_a_catalogue_and_fits(name: str, tour: Begin) -> None:
    walk, judge = tour(name)
    walk.skin()
    assert judge.found == [], "\n".join(judge.found)
