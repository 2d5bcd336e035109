"""Theme: the colours and measures that every guide shares."""

from __future__ import annotations

PRIMARY = "#1565c0"
DEEP = "#0d47a1"
TINT = "#e8f1fb"
INK = "#1c2430"
MUTED = "#566273"
LINE = "#d3dae3"
MARK = "#c2185b"
"""Rings and their numbers: apart from the product's blue in hue, and dark enough to read white on it."""
