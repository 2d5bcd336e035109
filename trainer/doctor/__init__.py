"""Doctor: says what this machine lacks and the command that cures it, and cures it when asked.

Runs before anything is installed, so it imports the standard library only; what needs more is imported on use.
"""

from trainer.doctor.cures import fix, setup
from trainer.doctor.findings import Finding, checks
from trainer.doctor.report import main
from trainer.machine import Machine, find_browser

__all__ = ["Finding", "Machine", "checks", "find_browser", "fix", "main", "setup"]
