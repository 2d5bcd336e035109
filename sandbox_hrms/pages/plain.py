"""Plain pages that need no socket: not signed in, not found, and the maintenance page of a crash."""

import html
import json
from string import Template

from starlette.responses import HTMLResponse

from sandbox_hrms.i18n import Texts
from sandbox_hrms.pages.assets import COMPANION_URL, asset_url

_PAGE = Template("""<!doctype html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="stylesheet" href="$css">
$scripts
</head>
<body class="plain">
<main class="page page-narrow"><div class="card" role="alert">
<h1>$title</h1>
<p data-testid="$name">$text</p>
<p>$hint</p>
</div></main>
</body>
</html>
""")

_TRY_AGAIN = Template("""<script>
sessionStorage.setItem("hrms.crashed", "1");
const again = async () => {
  try {
    const home = $home;
    const answer = await fetch(home || location.href, {cache: "no-store", redirect: "manual"});
    if (answer.status !== 503) { home ? location.assign(home) : location.reload(); return; }
  } catch (error) { /* still down */ }
  setTimeout(again, 500);
};
setTimeout(again, 500);
</script>""")


def message_page(  # noqa: PLR0913  # the parts of one page
    t: Texts,
    status: int,
    title: str,
    text: str,
    hint: str,
    *,
    name: str = "refusal.message",
    scripts: str = "",
) -> HTMLResponse:
    """Return a page with one message; all texts are shown as text."""
    body = _PAGE.substitute(
        lang=t.lang.replace("_", "-"),
        title=html.escape(title),
        text=html.escape(text),
        hint=html.escape(hint),
        css=asset_url("hrms.css"),
        name=name,
        scripts=scripts,
    )
    return HTMLResponse(body, status)


def maintenance_page(t: Texts, seconds: float, *, companion: bool, parent_port: int | None) -> HTMLResponse:
    """Return the page shown while a sandbox is down; it asks again until the sandbox answers."""
    page = message_page(
        t,
        503,
        t("The HR system is down"),
        t("The HR system does not answer at the moment."),
        t("This page loads again by itself. What was saved is safe."),
        name="banner.maintenance",
        scripts=_try_again(None) + companion_script(parent_port, companion=companion),
    )
    page.headers["Retry-After"] = str(max(1, round(seconds)))
    return page


def cut_page(t: Texts, home: str | None, *, companion: bool, parent_port: int | None) -> HTMLResponse:
    """Return what stands for the browser's own page when the network is cut; it asks again until it is back.

    Args:
        t: The reader's language.
        home: Where to go on when it is back; None for the same page.
        companion: A script watches every page.
        parent_port: Port of the page that may frame ours; None when nothing may.
    """
    return message_page(
        t,
        503,
        t("No connection"),
        t("The HR system cannot be reached: the network is cut."),
        t("Check the network or plug in a cable. This page loads again by itself; what was saved is safe."),
        name="banner.disconnected",
        scripts=_try_again(home) + companion_script(parent_port, companion=companion),
    )


def _try_again(home: str | None) -> str:
    """Return the script that asks until there is an answer; ``home`` is a path of ours."""
    return _TRY_AGAIN.substitute(home=json.dumps(home))


def companion_script(parent_port: int | None, *, companion: bool) -> str:
    """Return what lets a trainer's script watch a plain page, too; nothing where none watches."""
    if not companion:
        return ""
    port = "" if parent_port is None else parent_port
    return f'<script src="{COMPANION_URL}" data-parent-port="{port}" defer></script>'
