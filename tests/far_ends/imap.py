"""A real mailbox on loopback: Dovecot, with a folder of its own and two people in it."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from imaplib import IMAP4
from pathlib import Path
from time import monotonic, sleep

from tests.ports import free_port

USER, PASSWORD = "alex@example.com", "canary-mailbox-4711"
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
log_path = {folder}/log
ssl = {ssl}
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 0
default_internal_user = {name}
default_login_user = {name}
default_internal_group = {group}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
"""


@dataclass(frozen=True)
class Mailbox:
    host: str
    port: int

    def put(self, *mails: bytes) -> None:
        """Let mails come in, as unread ones."""
        with self._signed_in() as client:
            for mail in mails:
                client.append("INBOX", "", "", mail.replace(b"\n", b"\r\n"))

    def delete(self, number: int) -> None:
        """Mark a mail as deleted, as mail programs do long before they expunge it."""
        with self._signed_in() as client:
            client.select("INBOX")
            client.store(str(number), "+FLAGS", "\\Deleted")

    def flags(self) -> list[str]:
        """Of each mail, as the server writes them."""
        with self._signed_in() as client:
            client.select("INBOX")
            return [str(line) for line in client.fetch("1:*", "(FLAGS)")[1]]

    @contextmanager
    def _signed_in(self) -> Iterator[IMAP4]:
        with IMAP4(self.host, self.port) as client:
            client.login(USER, PASSWORD)
            yield client


def is_installed() -> bool:
    return shutil.which("dovecot") is not None and os.geteuid() == 0


@contextmanager
def serving(folder: Path) -> Iterator[Mailbox]:
    """Dovecot, until the block ends."""
    port = free_port()
    config = folder / "dovecot.conf"
    person = {"uid": 65534, "gid": 65534, "name": "dovenull", "group": "dovecot"}
    (folder / "mail").mkdir(mode=0o777)
    (folder / "mail").chmod(0o777)
    config.write_text(
        CONFIG.format(folder=folder, port=port, password=PASSWORD, ssl="no", **person)
    )
    process = subprocess.Popen(["dovecot", "-F", "-c", config])
    try:
        _await_answer(port, folder)
        yield Mailbox("127.0.0.1", port)
    finally:
        process.terminate()
        process.wait(60)


def _await_answer(port: int, folder: Path) -> None:
    """It tells nobody when it is ready."""
    patience = monotonic() + 60
    while monotonic() < patience:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as made:
            if made.recv(20).startswith(b"* OK"):
                return
        sleep(0.05)
    raise AssertionError((folder / "log").read_text())
