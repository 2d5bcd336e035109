"""Our own scripts and styles, under addresses that change with their content."""

from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
ASSETS_URL = "/hrms-assets"
COMPANION_URL = "/companion.js"


@cache
def asset_url(name: str) -> str:
    """Return the address of the file ``name``, with a mark of its content so that browsers may keep it."""
    mark = sha256((FOLDER / name).read_bytes()).hexdigest()[:10]
    return f"{ASSETS_URL}/{name}?v={mark}"
