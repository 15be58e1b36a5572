"""The two keys an installation lives by: Django's, and the vault's. From the environment, else from the data folder."""

import base64
import binascii
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from maestro.data_folder import make_data_folder, writing_in
from maestro.errors import Misconfigured

KEY_BYTES = 32


def _random_32_bytes() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


MAKERS: dict[str, Callable[[], str]] = {
    "DJANGO_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "MAESTRO_SECRET_KEY": _random_32_bytes,
}


def stored_key(data_dir: Path, name: str) -> str:
    """The key kept in the data folder under this name; empty when there is none or it cannot be read."""
    try:
        return _file_of(data_dir, name).read_text().strip()
    except OSError:
        return ""


def new_key() -> str:
    """A key for the vault: base64 of 32 random bytes."""
    return _random_32_bytes()


def keys_in(text: str) -> list[bytes]:
    """The vault's keys, which stand with commas between; none at all when one is no key."""
    try:
        keys = [base64.b64decode(part, validate=True) for part in text.split(",")]
    except (binascii.Error, ValueError):
        return []
    return keys if all(len(key) == KEY_BYTES for key in keys) else []


def vault_key_is_stored() -> bool:
    """Whether the vault's key is the data folder's, not the environment's."""
    return not settings.VAULT_KEY_GIVEN


def fresh_vault_keys() -> bool:
    """Take over what the data folder has by now; whether that is something else."""
    stored = stored_key(settings.DATA_DIR, "MAESTRO_SECRET_KEY") if vault_key_is_stored() else ""
    if not stored or stored == settings.MAESTRO_SECRET_KEY:
        return False
    settings.MAESTRO_SECRET_KEY = stored
    return True


def keep_vault_keys(keys: list[str]) -> None:
    """Put these into the data folder in one step, and use them from now on."""
    path = _file_of(settings.DATA_DIR, "MAESTRO_SECRET_KEY")
    written = _write(path.with_suffix(".new"), ",".join(keys))
    with writing_in(path.parent):
        os.replace(written, path)
    settings.MAESTRO_SECRET_KEY = ",".join(keys)


def make_missing_keys() -> list[Path]:
    """Make the keys that neither the environment nor the data folder has; returns the files written (mode 600).

    Raises Misconfigured when the data folder cannot be written.
    """
    made = []
    for name, make in MAKERS.items():
        if name in missing_keys():
            made.append(_write(_file_of(settings.DATA_DIR, name), make()))
    settings.SECRET_KEY = settings.SECRET_KEY_GIVEN or stored_key(
        settings.DATA_DIR, "DJANGO_SECRET_KEY"
    )
    settings.MAESTRO_SECRET_KEY = settings.MAESTRO_SECRET_KEY or stored_key(
        settings.DATA_DIR, "MAESTRO_SECRET_KEY"
    )
    return made


def missing_keys() -> list[str]:
    """The names of the keys that were found nowhere."""
    found = {
        "DJANGO_SECRET_KEY": settings.SECRET_KEY_GIVEN,
        "MAESTRO_SECRET_KEY": settings.MAESTRO_SECRET_KEY,
    }
    return [
        name for name, key in found.items() if not key and not stored_key(settings.DATA_DIR, name)
    ]


def require_keys() -> None:
    """Raises Misconfigured when a key is missing: what serves or plays must not run with a passing one."""
    missing = missing_keys()
    if missing:
        raise Misconfigured(
            f"{' and '.join(missing)} not found in the environment nor in {settings.DATA_DIR}. "
            f"`manage.py up` makes what is missing; else set it."
        )
    vault = settings.MAESTRO_SECRET_KEY
    if vault and (
        vault == settings.SECRET_KEY or not all(map(_is_random, keys_in(vault) or [b""]))
    ):
        raise Misconfigured(
            "MAESTRO_SECRET_KEY must be base64 of 32 random bytes, and not DJANGO_SECRET_KEY: `openssl rand "
            "-base64 32` prints one."
        )


def _is_random(key: bytes) -> bool:
    """Not one that somebody typed to get past the check, like 32 zeros."""
    return len(set(key)) > KEY_BYTES // 4


def _file_of(data_dir: Path, name: str) -> Path:
    return data_dir / name.lower()


def _write(path: Path, key: str) -> Path:
    make_data_folder(path.parent)
    with writing_in(path.parent):
        path.touch(mode=0o600)
        path.write_text(key + "\n")
    return path
