"""Mails that were kept instead of sent, because no mail server is set.

Their files are named after the run that wrote them, which says whose workspace they are of, or after
the workspace whose member tried the operation by hand.
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
BY_HAND = re.compile(r"^(ws_\w+)-try_\w+-")  # as `by_hand.context_by_hand` words a trial's key


@dataclass(frozen=True)
class KeptMail:
    """One file, with as much of it as a list shows; `run_id` empty: tried by hand."""

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
    ours = _ours(workspace, list(_folder().glob("*.eml")))
    newest = sorted(ours, key=lambda file: file.stat().st_mtime, reverse=True)[:SHOWN]
    return [_headers(file, _read(file)) for file in newest]


def kept_mail(workspace: Workspace, name: str) -> OpenedMail:
    """One of them; NotFound for a name that is none of this workspace's."""
    file = _folder() / name
    is_ours = file.parent == _folder() and file.suffix == ".eml" and _ours(workspace, [file])
    if not is_ours or not file.is_file():
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


def _ours(workspace: Workspace, files: list[Path]) -> list[Path]:
    """Those that a run of the workspace wrote, or a trial of one of its members."""
    written_by = {run_id for file in files if (run_id := _run_of(file.name))}
    found = Run.objects.filter(workspace=workspace, pk__in=written_by)
    runs = set(found.values_list("pk", flat=True))
    return [f for f in files if _run_of(f.name) in runs or _tried_in(f.name) == workspace.pk]


def _tried_in(name: str) -> str:
    match = BY_HAND.match(name)
    return match[1] if match else ""


def _read(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def _headers(file: Path, message: EmailMessage) -> KeptMail:
    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    sender, to, subject = (str(message[name] or "") for name in ("From", "To", "Subject"))
    return KeptMail(file.name, _run_of(file.name), at, sender, to, subject)
