"""Where the form leads that chooses a language."""

from __future__ import annotations

import pytest

from tests.unit.serve.test_services import asking
from trainer.web.server import page_of


@pytest.mark.parametrize(
    ("referrer", "page"),
    [
        ("", "/"),
        ("http://h:8080/class", "/class"),
        ("http://h:8080/class?said=0a1b", "/class"),
        ("http://h:8080/sign-in?next=%2Fconsole%2Fx&said=0a1b", "/sign-in?next=%2Fconsole%2Fx"),
        (
            "http://h:8080/console/x/results?hours=8&rate=50&spent=100",
            "/console/x/results?hours=8&rate=50&spent=100",
        ),
        ("http://h:8080/films?lang=en", "/films"),
        ("http://h//evil.test?a=b", "/"),
        ("http://h/\\evil.test?a=b", "/"),
        ("http://[", "/"),
    ],
)
def test_the_page_stays_with_what_was_asked_of_it(referrer: str, page: str) -> None:
    assert page_of(asking(referer=referrer)) == page
