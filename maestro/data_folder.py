"""The folder an installation keeps its own things in (`MAESTRO_DATA_DIR`): made private, and refused with the mend."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maestro.errors import Misconfigured


def make_data_folder(folder: Path) -> None:
    """Make it if it is not there. Raises Misconfigured when that is not possible."""
    # As root the embedded database's own user must pass through it.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    with writing_in(folder):
        folder.mkdir(mode=mode, parents=True, exist_ok=True)


@contextmanager
def writing_in(folder: Path) -> Iterator[None]:
    """Turns the machine's refusal to write there into Misconfigured."""
    try:
        yield
    except OSError as error:
        raise Misconfigured(
            f"The data folder {folder} cannot be used: {error.strerror} ({error.filename}). "
            f"Make it writable, or name another with MAESTRO_DATA_DIR."
        ) from error
