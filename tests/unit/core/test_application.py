"""Somebody else's application: where its paths lead, and which secrets it needs."""

from typing import Any

import pytest
from pydantic import ValidationError

from trainer.core.actions import Fill, WaitFor
from trainer.core.application import Application, Origin, is_same_page


def an_application(**more: Any) -> Application:
    return Application.model_validate({"url": "https://hr.example/app/", "sign_in": {"clerk": ()}} | more)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("", "https://hr.example/app/"),
        ("/people?new=1", "https://hr.example/app/people?new=1"),
        ("people", "https://hr.example/app/people"),
        ("https://sso.example/in", "https://sso.example/in"),
        ("https://hr.example:443/else", "https://hr.example:443/else"),
    ],
)
def test_a_path_leads_below_the_application_or_to_another_origin_of_it(path: str, address: str) -> None:
    assert an_application(origins=("https://sso.example",)).address(path) == address


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/x",
        "http://hr.example/",
        "https://hr.example:8443/",
        "https://hr.example@evil.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
    ],
)
def test_no_path_leads_elsewhere(path: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        an_application().address(path)


@pytest.mark.parametrize("url", ["hr.example", "file:///etc", "ftp://hr.example", "https://me:word@hr.example"])
def test_its_address_is_on_the_web_and_holds_no_password(url: str) -> None:
    with pytest.raises(ValidationError):
        an_application(url=url)
    with pytest.raises(ValueError, match=r".*"):
        an_application().at(url)


def test_another_address_takes_the_place_of_its_own() -> None:
    moved = an_application().at("http://127.0.0.1:5000")
    assert [str(origin) for origin in moved.allowed] == ["http://127.0.0.1:5000"]
    assert an_application().at(None) == an_application()


def test_an_origin_knows_its_usual_port() -> None:
    assert Origin.of("https://hr.example/x") == Origin.of("https://HR.example:443")
    assert str(Origin.of("http://[::1]:80/x")) == "http://[::1]"


def test_its_secrets_are_found_wherever_they_stand() -> None:
    application = an_application(
        account={"user": "a", "password": "${secret.one}"},
        headers={"Authorization": "Bearer ${secret.two}"},
        reset=({"path": "/", "json": {"deep": [{"er": "${secret.three}"}]}},),
        sign_in={"clerk": (Fill(target='label "P"', text="${secret.one}"), WaitFor(target="main"))},
    )
    assert sorted(application.secrets()) == ["one", "three", "two"]


@pytest.mark.parametrize(
    ("shown", "same"),
    [
        ("https://hr.example/people", True),
        ("https://hr.example:443/people/?new=1&by=menu#top", True),
        ("https://hr.example/people/7", False),
        ("http://hr.example/people", False),
        ("https://evil.example/people", False),
        ("about:blank", False),
    ],
)
def test_a_page_is_known_by_its_path_however_it_was_come_to(shown: str, same: bool) -> None:
    assert is_same_page(shown, "https://hr.example/people/") is same


def test_an_address_is_known_in_the_letters_of_its_author_and_as_browsers_write_it() -> None:
    shown = "http://xn--fsqu00a.xn--0zwm56d/%E4%BA%BA%E5%91%98/?%E9%83%A8%E9%97%A8=%E9%94%80%E5%94%AE#/%E5%BC%A0%E4%B8%89"
    assert is_same_page(shown, "http://例子.测试/人员?部门=销售#/张三")
    assert not is_same_page(shown, "http://例子.测试/人员?部门=销售#/李四")
    assert Origin.of(shown) in an_application(url="http://例子.测试/").allowed
    with pytest.raises(ValidationError):
        an_application(url="http://a..b/")


def test_what_an_address_says_besides_its_path_belongs_to_the_page() -> None:
    shown = "https://hr.example/people?page=2&by=menu#top"
    assert is_same_page(shown, "https://hr.example/people?page=2#top")
    assert not is_same_page(shown, "https://hr.example/people?page=3")
    assert not is_same_page(shown, "https://hr.example/people#end")
