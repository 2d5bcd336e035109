"""A language model behind any address that speaks the chat completions of OpenAI."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from sandbox_hrms.scorers.second_opinion import ModelSilent

URL, NAME, KEY, SECONDS = "HRMS_LLM_URL", "HRMS_LLM_MODEL", "HRMS_LLM_KEY", "HRMS_LLM_SECONDS"
"""What the environment says: the address up to ``/v1``, the model, the key if one is needed, and the patience."""
_SECONDS = 30.0
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class ChatModel:
    """One model at one address."""

    url: str
    name: str
    key: str = field(default="", repr=False)
    seconds: float = _SECONDS

    @property
    def host(self) -> str:
        """The address's host, for people to read."""
        return urlsplit(self.url).hostname or self.url

    def answer(self, instructions: str, text: str) -> str:
        """Return what the model says; raises :class:`ModelSilent`."""
        messages = [{"role": "system", "content": instructions}, {"role": "user", "content": text}]
        until = time.monotonic() + self.seconds
        content = b""
        try:
            with httpx.stream(
                "POST",
                f"{self.url.rstrip('/')}/chat/completions",
                json={"model": self.name, "temperature": 0, "messages": messages},
                headers={"Authorization": f"Bearer {self.key}"} if self.key else {},
                timeout=self.seconds,
            ) as reply:
                reply.raise_for_status()
                for part in reply.iter_bytes():
                    content += part
                    if time.monotonic() > until or len(content) > _MOST_BYTES:
                        raise ModelSilent("too slow, or too much")
            return str(json.loads(content)["choices"][0]["message"]["content"])
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, IndexError, TypeError) as error:
            raise ModelSilent(type(error).__name__) from error


def chat_model(environment: Mapping[str, str] = os.environ) -> ChatModel | None:
    """Return the model that the environment names; None where it names none."""
    url, name = environment.get(URL, ""), environment.get(NAME, "")
    if not url or not name:
        return None
    return ChatModel(url, name, environment.get(KEY, ""), float(environment.get(SECONDS) or _SECONDS))
