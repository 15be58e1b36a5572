"""`manage.py up`: everything, in one terminal."""

import http.client
import sys

from django.conf import settings
from django.core.management.base import BaseCommand

from maestro import installation
from maestro.database import ensure_database
from maestro.keys import make_missing_keys
from maestro.supervisor import Child, Supervisor

WEB_SECONDS = 7
CLUSTER_SECONDS = 18


class Command(BaseCommand):
    """Sets up what is missing, then runs the web process and the cluster until Ctrl-C."""

    help = "Set up what is missing and run everything: database, pages, API and cluster."

    def handle(self, **options: object) -> None:
        lock = installation.claim_data_folder(self._say)
        listener = installation.claim_port()
        password, api_key = self._prepare()
        web = Child(
            ["serve", "--descriptor", str(listener.fileno())],
            inherited=[lock.fileno(), listener.fileno()],
            seconds_to_stop=WEB_SECONDS,
        )
        cluster = Child(["cluster"], inherited=[lock.fileno()], seconds_to_stop=CLUSTER_SECONDS)
        self._say("Starting the web process and the cluster.")
        supervisor = Supervisor([web, cluster], look_after=ensure_database, say=self._say)
        code = supervisor.run(_answers, lambda: self._welcome(password, api_key))
        if code:
            sys.exit(code)

    def _prepare(self) -> tuple[str | None, str | None]:
        """The password and the API key that were made up, if any were."""
        for path in make_missing_keys():
            self._say(f"Made a key: {path}")
        if not settings.DATABASE_URL:
            self._say("Starting the database.")
        ensure_database()
        installation.check_database()
        installation.migrate(self._say)
        installation.seed(self._say)
        return installation.make_admin(), installation.make_first_api_key()

    def _welcome(self, password: str | None, api_key: str | None) -> None:
        signing_in = "with your password (forgotten: `manage.py changepassword admin`)"
        if password:
            signing_in = f"with the password {password} (shown this once, kept nowhere)"
        elif settings.MAESTRO_ADMIN_PASSWORD:
            signing_in = (
                "with the password from MAESTRO_ADMIN_PASSWORD, if it was set at the first start"
            )
        programs = f"  API key: {api_key} (shown this once)\n" if api_key else ""
        self._say(
            f"\n  Maestro runs: {_address()}/\n  Sign in as admin {signing_in}.\n{programs}"
            "  Ctrl-C stops it.\n"
        )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _host() -> str:
    """Where this machine reaches itself: an address for "everywhere" is none to go to."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(
        settings.MAESTRO_HOST, settings.MAESTRO_HOST
    )


def _address() -> str:
    host = f"[{_host()}]" if ":" in _host() else _host()
    return f"http://{host}:{settings.MAESTRO_PORT}"


def _answers() -> bool:
    connection = http.client.HTTPConnection(_host(), settings.MAESTRO_PORT, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
