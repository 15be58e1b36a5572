"""A model that takes its time, in a process of its own."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def model_that_waits(seconds: float) -> Iterator[str]:
    """The address of a Messages API that answers each call after so long."""
    context = multiprocessing.get_context("spawn")
    addresses: Any = context.Queue()
    process = context.Process(target=_serve, args=(seconds, addresses), daemon=True)
    process.start()
    try:
        yield addresses.get(timeout=20)
    finally:
        process.terminate()
        process.join()


def _serve(seconds: float, addresses: Any) -> None:  # noqa: ANN401
    from tests.far_ends.messages_api import MessagesAPI, speaking, text

    MessagesAPI.request_queue_size = 1024
    with speaking(lambda body: text("Hello.", delay=seconds)) as server:
        addresses.put(server.url)
        while True:
            time.sleep(3600)
