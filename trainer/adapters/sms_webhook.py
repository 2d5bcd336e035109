"""Short messages by a webhook: whatever gateway there is, it takes a POST with a key that counts once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from http import HTTPStatus

import httpx

from trainer.app.outbox import NotNow, NoWay, Refused
from trainer.core.errors import BadInput
from trainer.core.invitation import Item, Kit
from trainer.i18n import gettext as _

SECONDS = 20.0
TEMPORARY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
"""Refusals that may be none the next time."""
OF_US = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
    HTTPStatus.GONE,
)
"""Refusals of the sender or its address, not of the message."""


class SmsWebhook:
    """Sends short messages; implements `trainer.app.outbox.Sender`.

    Args:
        url: Gets ``{"to", "text", "key"}`` as JSON; the key is in the header ``Idempotency-Key``, too.
        token: Sent as bearer token, or "".
        compose: Writes the text.
    """

    def __init__(self, url: str, token: str, compose: Callable[[Item, Kit], str]) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._compose = compose

    @classmethod
    def of(cls, compose: Callable[[Item, Kit], str], environ: Mapping[str, str] = os.environ) -> SmsWebhook:
        """Return the gateway that the environment names; raises `BadInput` when it names none."""
        url = environ.get("TRAINER_SMS_URL", "")
        if not url.startswith(("https://", "http://")):
            raise BadInput(
                _("There is no gateway to send short messages with."),
                _("Set TRAINER_SMS_URL, or leave the column `phone` empty; see docs/guides.md."),
            )
        return cls(url, environ.get("TRAINER_SMS_TOKEN", ""), compose)

    def send(self, item: Item, kit: Kit) -> None:
        """Hand a message over to the gateway; raises `Refused`, `NotNow` or `NoWay`."""
        content = {"to": item.address, "text": self._compose(item, kit), "key": item.key}
        headers = {**self._headers, "Idempotency-Key": item.key}
        try:
            answer = httpx.post(self._url, json=content, headers=headers, timeout=SECONDS)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise _no_way(str(error) or type(error).__name__) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, ValueError) as error:
            raise _no_way(_("its address or token cannot be used as it stands")) from error  # which may quote it
        except httpx.HTTPError as error:
            raise NotNow(str(error) or type(error).__name__) from error
        if answer.is_success:
            return
        told = " ".join(f"{answer.status_code} {answer.text}".split())[:200]
        if answer.is_redirect or answer.status_code in OF_US:
            raise _no_way(told)
        refused = answer.is_client_error and answer.status_code not in TEMPORARY
        raise (Refused if refused else NotNow)(told)

    def close(self) -> None:
        """Nothing is kept open."""


def _no_way(said: str) -> NoWay:
    return NoWay(
        _("No short message can be sent through the gateway: {said}").format(said=said),
        _("Mend TRAINER_SMS_URL or TRAINER_SMS_TOKEN, then call the same command again: what did not go waits."),
    )
