"""Skills that are installed for a test, beside Maestro, as a third party's would be."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agents.skills import registry


@contextmanager
def installed(name: str, module: str, folder: Path) -> Iterator[None]:
    """The skill `module:skill`, announced by a package in `folder`, until the block ends."""
    package = folder / f"{name}_skill-1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text(f"Name: {name}-skill\nVersion: 1\n")
    announced = f"[{registry.ENTRY_POINTS}]\n{name} = {module}:skill\n"
    (package / "entry_points.txt").write_text(announced)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        registry.forget()
        yield
    registry.forget()
