"""Fonts that guides embed: Noto Sans SC, cut down, with its licence."""
