"""What many nodes ask Maestro's own database at once, asked in one go.

Who asks while others are being answered is in the next round: no answer is older than its question.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, TypeVar

from django.db import close_old_connections

Question = TypeVar("Question")
Answer = TypeVar("Answer")
AnswerAll = Callable[[Sequence[Question]], Sequence[Answer]]
Asked = list[tuple[Any, asyncio.Future[Any]]]


class Together:
    """The rounds of one player: one at a time for each `answer_all`."""

    def __init__(self) -> None:
        self._waiting: defaultdict[AnswerAll[Any, Any], Asked] = defaultdict(list)
        self._rounds: dict[AnswerAll[Any, Any], asyncio.Task[None]] = {}

    async def ask(
        self, pool: Executor, answer_all: AnswerAll[Question, Answer], question: Question
    ) -> Answer:
        """What `answer_all` says to this question, in a thread of the pool.

        What it raises is raised to all who asked in that round. It goes on when its askers are gone.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[answer_all].append((question, answer))
        if answer_all not in self._rounds:
            self._rounds[answer_all] = asyncio.create_task(self._answer(pool, answer_all))
        return await answer

    async def _answer(self, pool: Executor, answer_all: AnswerAll[Any, Any]) -> None:
        loop = asyncio.get_running_loop()
        try:
            while asked := self._waiting.pop(answer_all, None):
                asked = [(question, answer) for question, answer in asked if not answer.done()]
                questions = [question for question, _ in asked]
                try:
                    act = partial(on_fresh_connection, partial(answer_all, questions))
                    answers = await loop.run_in_executor(pool, act)
                except Exception as error:
                    _refuse(asked, error)
                else:
                    _tell(asked, answers)
        finally:
            del self._rounds[answer_all]


def on_fresh_connection(act: Callable[[], Answer]) -> Answer:
    """`act()` on a connection that is none too old."""
    close_old_connections()
    try:
        return act()
    finally:
        close_old_connections()


def _tell(asked: Asked, answers: Sequence[Any]) -> None:
    for (_, waiting), answer in zip(asked, answers, strict=True):
        if not waiting.done():
            waiting.set_result(answer)


def _refuse(asked: Asked, error: Exception) -> None:
    for _, waiting in asked:
        if not waiting.done():
            waiting.set_exception(error)
