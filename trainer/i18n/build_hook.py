"""Build hook: a wheel carries scenarios and compiled catalogues; an editable install reads the checkout's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CONTENTS = {
    "scenarios": ("trainer/_data/scenarios",),
    "locales": ("trainer/_data/locales", "sandbox_hrms/_data/locales"),
}
"""Folder of the checkout → where it goes inside the wheel."""


class Data(BuildHookInterface):  # type: ignore[type-arg]  # its configuration is of no interest here
    """Compiles the catalogues and maps the data folders into the packages."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the data files to what is built.

        Args:
            version: `standard` or `editable`.
            build_data: Hatchling's options of this build, changed in place.
        """
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, self.root)  # a build runs outside the checkout
        from trainer.i18n.catalogues import compile_catalogues

        compile_catalogues(root / "locales")
        for folder, targets in CONTENTS.items():
            for file in sorted(file for file in (root / folder).rglob("*") if file.is_file()):
                for target in targets:
                    inside = f"{target}/{file.relative_to(root / folder).as_posix()}"
                    build_data["force_include"][str(file)] = inside
