"""What a model is saying, for whoever watches: told live and kept nowhere; its row has the answer."""

import asyncio
import contextlib
import json
from collections.abc import Sequence

from django.db import Error, connection

from runs.connections import WORDS_CHANNEL

from ..attempts import Step
from ..performance import Performance

PAUSE = 0.5  # seconds between two tellings
SHOWN = 1_500  # characters: the end of a long text
MAX_BYTES = 7_900  # PostgreSQL takes no longer notice


class Words:
    """The text of one session's answer in the making."""

    def __init__(self, performance: Performance, step: Step, attempt: int) -> None:
        self._performance, self._step, self._attempt = performance, step, attempt
        self._text = self._told = ""
        self._telling: asyncio.Task[None] | None = None

    def hear(self, text: str) -> None:
        """All of the answer so far; called as often as it grows."""
        self._text = text
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell())

    def close(self) -> None:
        """The answer is there, or never will be."""
        if self._telling is not None:
            self._telling.cancel()

    async def _tell(self) -> None:
        while True:
            if self._text != self._told:
                self._told = self._text
                with contextlib.suppress(Error):
                    together, pool = self._performance.together, self._performance.pool
                    await together.ask(pool, _notify_all, self._payload(SHOWN))
            await asyncio.sleep(PAUSE)

    def _payload(self, shown: int) -> str:
        said = {
            "run": self._performance.run.id,
            "node": self._step.node.key,
            "iteration": self._step.iteration,
            "attempt": self._attempt,
            "text": self._told[-shown:].replace("\x00", ""),
        }
        payload = json.dumps(said, ensure_ascii=False)
        fits = len(payload.encode(errors="replace")) <= MAX_BYTES
        return payload if fits else self._payload(shown // 2)


def _notify_all(payloads: Sequence[str]) -> list[None]:
    with connection.cursor() as cursor:
        notify = "select pg_notify(%s, payload) from unnest(%s::text[]) as told (payload)"
        cursor.execute(notify, [WORDS_CHANNEL, list(payloads)])
    return [None] * len(payloads)
