"""Mails that were kept instead of sent, because no mail server is set.

Their files are named after the run that wrote them, which says whose workspace they are of.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

from maestro.errors import NotFound
from maestro.workspaces.models import Workspace
from runs.models import Run

SHOWN = 200
MAX_TEXT = 200_000
OF_A_RUN = re.compile(r"^(run_[0-9a-z]{20})[-.]")


@dataclass(frozen=True)
class KeptMail:
    """One file, with as much of it as a list shows."""

    name: str
    run_id: str
    at: datetime
    sender: str
    to: str
    subject: str


@dataclass(frozen=True)
class OpenedMail:
    """One mail as text: nothing of it is rendered, loaded or followed."""

    mail: KeptMail
    text: str
    attachments: list[str]


def kept_mails(workspace: Workspace) -> list[KeptMail]:
    """The newest of this workspace."""
    files = {file: run_id for file in _folder().glob("*.eml") if (run_id := _run_of(file.name))}
    ours = _ours(workspace, set(files.values()))
    newest = sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)
    return [_headers(file, _read(file)) for file in newest if files[file] in ours][:SHOWN]


def kept_mail(workspace: Workspace, name: str) -> OpenedMail:
    """One of them; NotFound for a name that is none of this workspace's."""
    file, run_id = _folder() / name, _run_of(name)
    is_ours = run_id and file.parent == _folder() and _ours(workspace, {run_id})
    if not is_ours or file.suffix != ".eml" or not file.is_file():
        raise NotFound("There is no such mail.")
    message = _read(file)
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body is not None else ""
    attached = [part.get_filename() or "unnamed" for part in message.iter_attachments()]
    return OpenedMail(_headers(file, message), text[:MAX_TEXT], attached)


def _folder() -> Path:
    return Path(settings.MAIL_DIR)


def _run_of(name: str) -> str:
    match = OF_A_RUN.match(name)
    return match[1] if match else ""


def _ours(workspace: Workspace, run_ids: set[str]) -> set[str]:
    runs = Run.objects.filter(workspace=workspace, pk__in=run_ids)
    return set(runs.values_list("pk", flat=True))


def _read(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def _headers(file: Path, message: EmailMessage) -> KeptMail:
    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    sender, to, subject = (str(message[name] or "") for name in ("From", "To", "Subject"))
    return KeptMail(file.name, _run_of(file.name), at, sender, to, subject)
