"""The page of a run that is going on hears of each event once, also after it was away."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connections, transaction
from django.test import AsyncClient, Client
from django.urls import reverse

from maestro.workspaces.models import Role
from runs.actions import cancel_run
from runs.actions.events import lock_run, tell
from runs.models import Run, RunEvent
from runs.views import news_of
from tests.admin.conftest import SignIn, World
from tests.admin.rows import make_run

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 60


@pytest.fixture
def playing(world: World) -> Run:
    """A running run with three events."""
    run = make_run(world.score, "running", last_event=3)
    for number in (2, 3):
        RunEvent.objects.create(run=run, number=number, kind="node.succeeded", node_key="first")
    return run


@pytest.fixture(autouse=True)
async def own_connections() -> AsyncIterator[None]:
    """Those of the thread in which the tests below ask the database would else outlive them."""
    yield
    await sync_to_async(connections.close_all)()


async def next_event(frames: AsyncIterator[bytes]) -> str:
    """The next frame that says something."""
    async with asyncio.timeout(SECONDS):
        async for frame in frames:
            if frame.startswith((b"id:", b"event:")):
                return frame.decode()
    return ""


async def test_what_was_missed_comes_first_and_then_what_happens(playing: Run) -> None:
    frames = news_of(playing, after=1)
    assert (await next_event(frames)).startswith("id: 3\n")

    await sync_to_async(_tell)(playing)

    assert (await next_event(frames)).startswith("id: 4\n")
    await frames.aclose()  # type: ignore[attr-defined]


async def test_nothing_is_told_twice(playing: Run) -> None:
    frames = news_of(playing, after=3)
    waiting = asyncio.ensure_future(next_event(frames))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await sync_to_async(_tell)(playing)
    assert (await waiting).startswith("id: 4\n")
    await frames.aclose()  # type: ignore[attr-defined]


async def test_the_news_end_with_the_run(world: World) -> None:
    run = await sync_to_async(make_run)(world.score, "queued")
    frames = news_of(run, after=1)
    waiting = asyncio.ensure_future(next_event(frames))
    await asyncio.sleep(0.1)
    await sync_to_async(cancel_run)(run, by="tester")
    assert "run.cancelled" in await waiting
    assert (await next_event(frames)).startswith("event: end\n")


async def test_of_an_ended_run_there_is_no_news(world: World) -> None:
    run = await sync_to_async(make_run)(world.score)
    assert (await next_event(news_of(run, after=1))).startswith("event: end\n")


async def test_the_browser_goes_on_after_the_last_event_it_saw(
    playing: Run, sign_in: SignIn
) -> None:
    client = AsyncClient()
    client.cookies = (await sync_to_async(sign_in)(Role.VIEWER)).cookies
    address = reverse("admin:run_stream", args=[playing.pk])

    answer = await client.get(address, headers={"Last-Event-ID": "2"})

    assert answer.headers["Content-Type"] == "text/event-stream"
    frames = aiter(answer.streaming_content)  # type: ignore[attr-defined]
    assert (await next_event(frames)).startswith("id: 3\n")
    await frames.aclose()


def test_a_stranger_hears_nothing(playing: Run) -> None:
    address = reverse("admin:run_stream", args=[playing.pk])
    assert Client().get(address).status_code == 302


def _tell(run: Run) -> None:
    with transaction.atomic():
        locked = lock_run(run)
        tell(locked, "node.succeeded", node="first")
        locked.save(update_fields=["last_event"])
