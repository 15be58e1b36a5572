"""Places of limited skills, as several players find them in the database."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from agents.models import SkillLimit
from agents.skills import registry
from agents.skills.limits import Limits
from agents.skills.operation import Operation
from maestro.ids import new_id
from maestro.workspaces.models import Workspace
from runs.connections import Reconnecting, connect, connect_async
from runs.executor import Parked, Stop
from runs.limits import Places, places
from runs.limits.admission import Claim
from runs.limits.rows import ask, leave
from runs.limits.scopes import Scopes
from runs.models import Run, SkillPlaces
from runs.player.handover import release
from tests.runs.worlds import score, start
from tests.scores.graphs import graph, step
from tests.sessions import END_OTHERS

HOME = "ws_places"
pytestmark = pytest.mark.django_db(transaction=True)


def post() -> Operation:
    return registry.find("http", "post")


def limit(name: str = "http", **numbers: int) -> None:
    SkillLimit.objects.create(workspace_id=HOME, name=name, **numbers)


def playing_run(player: str | None = None) -> tuple[str, int]:
    """A run that plays, and its fence."""
    run = start(score(graph(step("a")), slug=new_id("s").replace("_", "-")))
    Run.objects.filter(pk=run.pk).update(status="running", player=player or "pl_1", fence=1)
    return run.pk, 1


async def player(stopping: Callable[[], bool] = lambda: False) -> Places:
    made = Places(stopping)
    async with await connect_async() as connection:
        await made.read(connection)
    return made


def with_players(count: int, act: Callable[..., Awaitable[None]], **options: object) -> None:
    async def play() -> None:
        players = [await player(**options) for _ in range(count)]  # type: ignore[arg-type]
        try:
            await asyncio.wait_for(act(*players), 60)
        finally:
            for one in players:
                await one.close()

    asyncio.run(play())


class Overlap:
    """How many calls were under way at once; each stays until so many are there."""

    def __init__(self, together: int) -> None:
        self.now = self.most = self.all = 0
        self._together = asyncio.Barrier(together)

    async def call(self, by: Places, claim: tuple[str, int]) -> None:
        async with by.place(HOME, claim, post(), may_park=False):
            self.now += 1
            self.most, self.all = max(self.most, self.now), self.all + 1
            await self._together.wait()
            self.now -= 1


@pytest.fixture(autouse=True)
def home(transactional_db: None) -> None:
    Workspace.objects.create(id=HOME, slug="test", name="Test")


def test_two_players_together_keep_a_limit() -> None:
    limit(concurrency=2)
    runs, overlap = [playing_run() for _ in range(4)], Overlap(2)

    async def act(one: Places, other: Places) -> None:
        calls = [overlap.call(by, run) for run in runs for by in (one, other) for _ in range(3)]
        await asyncio.gather(*calls)

    with_players(2, act)

    assert (overlap.most, overlap.all) == (2, 24)
    assert SkillPlaces.objects.get().holders == {}


def test_a_limit_holds_for_one_operation_as_well_as_for_its_skill() -> None:
    limit(concurrency=3)
    limit("http.post", concurrency=1)
    run, overlap = playing_run(), Overlap(1)

    async def act(one: Places, other: Places) -> None:
        await asyncio.gather(*(overlap.call(by, run) for by in (one, other) for _ in range(4)))

    with_players(2, act)

    assert (overlap.most, overlap.all) == (1, 8)


def test_the_place_of_a_killed_player_is_free_as_soon_as_its_runs_are_taken_back() -> None:
    limit(concurrency=1)
    dead, alive = playing_run("pl_dead"), playing_run()
    scopes: Scopes = {"http": Limits(concurrency=1)}

    async def act() -> None:
        async with await connect_async() as connection:
            assert (await ask(connection, HOME, scopes, "t1", _claim(dead))).begin_in == 0
            waits = await ask(connection, HOME, scopes, "t2", _claim(alive))
            assert waits.begin_in is None
            await asyncio.to_thread(release, ["pl_dead"])
            now = await ask(connection, HOME, scopes, "t2", _claim(alive))
            assert now.begin_in == 0

    asyncio.run(act())
    assert list(SkillPlaces.objects.get().holders) == ["t2"]


def test_the_pace_is_one_for_all_players() -> None:
    run, scopes = playing_run(), {"http": Limits(per_minute=1)}

    async def act() -> None:
        async with await connect_async() as one, await connect_async() as other:
            assert (await ask(one, HOME, scopes, "t1", _claim(run))).begin_in == 0
            await leave(one, HOME, scopes, "t1")
            later = await ask(other, HOME, scopes, "t2", _claim(run))
            assert later.begin_in is None and (later.ask_in or 0) > 30

    asyncio.run(act())


def test_a_wait_that_would_be_long_parks_the_run() -> None:
    limit(per_minute=1)
    run = playing_run()

    async def act(one: Places) -> None:
        async with one.place(HOME, run, post(), may_park=True):
            pass
        told = asyncio.ensure_future(_enter(one, run))
        with pytest.raises(Parked) as parked:
            await told
        assert parked.value.waiting_for == "limit" and parked.value.resume_at is not None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "IN_LOOP_SECONDS", 0.2)
        with_players(1, act)
    assert SkillPlaces.objects.get().waiting == []


def test_nobody_waits_for_a_place_when_its_player_ends() -> None:
    limit(concurrency=1)
    run, ending = playing_run(), asyncio.Event()

    async def act(one: Places) -> None:
        async with one.place(HOME, run, post(), may_park=True):
            others = [asyncio.ensure_future(_enter(one, run)) for _ in range(3)]
            await asyncio.sleep(0)
            ending.set()
            one.tell()
            ends = await asyncio.gather(*others, return_exceptions=True)
        assert [type(end) for end in ends] == [Stop] * 3

    with_players(1, act, stopping=ending.is_set)


def test_a_cancelled_call_gives_back_what_it_had_or_waited_for() -> None:
    limit(concurrency=1)
    run = playing_run()

    async def act(one: Places) -> None:
        calls = [asyncio.ensure_future(_stay(one, run)) for _ in range(3)]
        while not await _is_there(holders={}):
            await asyncio.sleep(0)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    with_players(1, act)

    row = SkillPlaces.objects.get()
    assert (row.holders, row.waiting) == ({}, [])


def test_a_run_with_many_calls_does_not_hold_up_a_run_with_one() -> None:
    limit(concurrency=1)
    many, single = playing_run(), playing_run()
    order: list[str] = []

    async def call(one: Places, claim: tuple[str, int]) -> None:
        async with one.place(HOME, claim, post(), may_park=False):
            order.append(claim[0])

    async def act(one: Places) -> None:
        calls = [asyncio.ensure_future(call(one, many)) for _ in range(5)]
        await asyncio.sleep(0)
        await asyncio.gather(*calls, call(one, single))

    with_players(1, act)

    assert order.index(single[0]) <= 2


def test_without_a_limit_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    run = playing_run()
    asked: list[object] = []
    monkeypatch.setattr(Reconnecting, "connected", asked.append)

    async def act(one: Places) -> None:
        await _enter(one, run)
        assert not asked

    with_players(1, act)

    assert not SkillPlaces.objects.exists()


def test_a_waiting_call_outlives_a_lost_connection() -> None:
    limit(concurrency=1)
    run = playing_run()

    async def act(one: Places, other: Places) -> None:
        async with one.place(HOME, run, post(), may_park=True):
            waits = asyncio.ensure_future(_enter(other, run))
            while not await _is_there(waiting=[]):
                await asyncio.sleep(0)
            await asyncio.to_thread(_cut_connections)
        await waits

    with_players(2, act)


async def _is_there(**empty: object) -> bool:
    """Whether a row says more than this."""
    (column,) = empty
    async with await connect_async() as connection:
        found = await connection.execute("select holders, waiting from skill_places")
        rows = [
            {"holders": holders, "waiting": waiting} for holders, waiting in await found.fetchall()
        ]
        return any(row[column] != empty[column] for row in rows)


def _cut_connections() -> None:
    """As a restart of the database does."""
    with connect() as connection:
        connection.execute(f"{END_OTHERS} and query ilike '%skill_places%'")


async def _enter(one: Places, claim: tuple[str, int]) -> None:
    async with one.place(HOME, claim, post(), may_park=True):
        pass


async def _stay(one: Places, claim: tuple[str, int]) -> None:
    async with one.place(HOME, claim, post(), may_park=True):
        await asyncio.Event().wait()


def _claim(run: tuple[str, int]) -> Claim:
    return Claim(*run)
