"""Mails of an installation without a mail server: one file each, for people to read."""

import os
import re
import tempfile
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path


def keep(mail: EmailMessage, folder: Path, key: str) -> Path:
    """Write the mail durably under a name made of `key`; the first of a key is the one that stays."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{_readable(key)}-{sha256(key.encode()).hexdigest()[:16]}.eml"
    if path.exists():
        return path
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
        file.write(mail.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)
    _sync(folder)
    return path


def _readable(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "-", key)[:80].strip("-")


def _sync(folder: Path) -> None:
    """Without this the new name may be gone after a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
