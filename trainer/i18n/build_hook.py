"""Build hook: a wheel carries scenarios and compiled catalogues; an editable install reads the checkout's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


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
        for file in sorted((root / "scenarios").rglob("*.*")):
            build_data["force_include"][str(file)] = f"trainer/_data/{file.relative_to(root).as_posix()}"
        for file in sorted((root / "locales").rglob("*.mo")):
            package = "sandbox_hrms" if file.stem == "sandbox_hrms" else "trainer"
            build_data["force_include"][str(file)] = f"{package}/_data/{file.relative_to(root).as_posix()}"
