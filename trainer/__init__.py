"""Teach, judge and show work in a web application from one scenario file."""

__version__ = "0.1.0"
