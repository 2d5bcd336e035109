"""Templating: HTML and mail from the files in `templates`, in which every text is escaped."""

from __future__ import annotations

import base64
import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from guides.telling import CIRCLED


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("guides"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"data_uri": _data_uri, "numbered": _numbered}
    return environment


def filled(template: str, **values: Any) -> str:  # noqa: ANN401  # whatever the template shows
    """Return a template filled in; raises `jinja2.UndefinedError` for a value that is missing."""
    return _environment().get_template(template).render(**values)


def _data_uri(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _numbered(legend: str) -> Markup:
    """Return a legend with its circled numbers in the colour of the rings."""
    escaped = str(escape(legend))
    return Markup(re.sub(f"[{CIRCLED}]", r'<span class="num">\g<0></span>', escaped))  # noqa: S704  # escaped above
