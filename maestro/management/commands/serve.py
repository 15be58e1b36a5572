"""`manage.py serve`: the pages and the API, by uvicorn."""

import socket
from argparse import ArgumentParser

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand

# Event streams never end by themselves; after this they are cut, and browsers come back for the rest.
SECONDS_FOR_OPEN_REQUESTS = 4


class Command(BaseCommand):
    """Serves until SIGTERM."""

    help = "Serve the pages and the API on MAESTRO_HOST and MAESTRO_PORT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--descriptor", type=int, help="a listening socket to serve instead")

    def handle(self, *, descriptor: int | None, **options: object) -> None:
        config = uvicorn.Config(
            "maestro.asgi:application",
            host=settings.MAESTRO_HOST,
            port=settings.MAESTRO_PORT,
            lifespan="off",
            access_log=settings.DEBUG,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=SECONDS_FOR_OPEN_REQUESTS,
        )
        sockets = None if descriptor is None else [socket.socket(fileno=descriptor)]
        uvicorn.Server(config).run(sockets=sockets)
