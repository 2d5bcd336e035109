"""Theme: the colours that every guide shares, whatever its brand."""

from __future__ import annotations

INK = "#1c2430"
MUTED = "#566273"
LINE = "#d3dae3"
