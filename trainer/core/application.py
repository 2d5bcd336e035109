"""Application: somebody else's web application, on which a lesson plays in place of the practice HR system."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from pydantic import Field, SerializeAsAny, field_validator
from pydantic_core import PydanticCustomError

from trainer.core.actions import Action
from trainer.core.model import Model

SECRET = re.compile(r"\$\{secret\.([a-z][a-z0-9_]*)\}")
"""A secret of the environment, such as ``${secret.budget_code}``."""

PORTS = {"http": 80, "https": 443}


class Origin(tuple[str, str, int]):
    """Scheme (http or https), host and port: what a lesson may talk to."""

    __slots__ = ()

    @classmethod
    def of(cls, url: str) -> Origin:
        """Return the origin of an address as browsers write it; raises `ValueError` for what is not on the web."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password:
            raise ValueError(url)
        host = parts.hostname.encode("idna").decode()
        return cls((parts.scheme, host, parts.port or PORTS[parts.scheme]))

    def __str__(self) -> str:
        scheme, host, port = self
        shown = f"[{host}]" if ":" in host else host
        return f"{scheme}://{shown}" + ("" if port == PORTS[scheme] else f":{port}")


def is_same_page(shown: str, wanted: str) -> bool:
    """Tell whether an address shows the page that another one names; what it has besides makes no difference.

    Args:
        shown: The whole address in a window; one that is not on the web is no page.
        wanted: The whole address of the page: its path, and what it has of query and fragment.
    """
    here, there = urlsplit(shown), urlsplit(wanted)
    try:
        if Origin.of(shown) != Origin.of(wanted):
            return False
    except ValueError:
        return False
    return (
        unquote(here.path).rstrip("/") == unquote(there.path).rstrip("/")
        and set(parse_qsl(there.query, keep_blank_values=True))
        <= set(parse_qsl(here.query, keep_blank_values=True))
        and unquote(there.fragment) in ("", unquote(here.fragment))
    )


def _web_address(url: str) -> str:
    try:
        Origin.of(url)
    except ValueError as error:
        raise PydanticCustomError(
            "bad_address", "`{address}` is no address on the web", {"address": url}
        ) from error
    return url


class Account(Model):
    """Who the requests of the training system come from, as HTTP basic authentication.

    Attributes:
        user: Name; it may be a secret, too.
        password: Password, as ``${secret.…}``.
    """

    user: str
    password: str


class Request(Model):
    """One HTTP request that brings the application back to where lessons begin.

    Attributes:
        path: Where to, below the application's address.
        method: ``POST`` unless it says otherwise.
        json_body: What to send, as JSON.
        form: What to send, as a form.
        fine: Statuses of 400 and more that are as good as success, such as 404 for something that is gone already.
    """

    path: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    json_body: dict[str, Any] | None = Field(default=None, alias="json")
    form: dict[str, str] = Field(default_factory=dict)
    fine: tuple[int, ...] = ()


class Application(Model):
    """Somebody else's web application on which a lesson plays, in place of `profile` and `seed`.

    Attributes:
        url: Its address; ``--url`` puts another one in its place.
        lang: Language it is shown in, as locators name what can be read; without it, the lesson's.
        origins: Other addresses that its pages may load from; all else is refused.
        sign_in: Role → the actions that sign it in, ending with a `wait_for` that shows it worked.
        account: Who the training system's own requests come from.
        headers: Headers of these requests.
        reset: Requests that bring the application back to where the lesson begins, in order.
        snapshot: Name → path that answers with JSON: what `stored` checks can ask for.
    """

    url: str
    lang: str = ""
    origins: tuple[str, ...] = ()
    sign_in: dict[str, tuple[SerializeAsAny[Action], ...]] = Field(min_length=1)
    account: Account | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    reset: tuple[Request, ...] = ()
    snapshot: dict[str, str] = Field(default_factory=dict)

    @field_validator("url")
    @classmethod
    def is_address(cls, url: str) -> str:
        """Refuse what is not on the web, such as ``file:``."""
        return _web_address(url)

    @field_validator("origins")
    @classmethod
    def are_addresses(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is not on the web."""
        return tuple(_web_address(origin) for origin in origins)

    def at(self, url: str | None) -> Application:
        """Return the same application at another address; None leaves it where it is. Raises `ValueError`."""
        if url is None:
            return self
        Origin.of(url)
        return self.model_copy(update={"url": url})

    @property
    def allowed(self) -> frozenset[Origin]:
        """Every origin that may be talked to."""
        return frozenset(Origin.of(url) for url in (self.url, *self.origins))

    def address(self, path: str) -> str:
        """Return the address of a path below the application's; raises `ValueError` when it leads elsewhere."""
        address = urljoin(self.url.rstrip("/") + "/", path.lstrip("/") if not path.startswith("//") else path)
        if Origin.of(address) not in self.allowed:
            raise ValueError(address)
        return address

    def secrets(self) -> tuple[str, ...]:
        """Return the names of all secrets it needs, each once."""
        return tuple(dict.fromkeys(_secrets(self.model_dump())))


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from SECRET.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _secrets(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _secrets(item)
