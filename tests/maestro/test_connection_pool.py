"""Requests share connections, and one that the database has closed is not handed out."""

from concurrent.futures import ThreadPoolExecutor

import httpx2 as httpx
import pytest
from django.db import connection

from maestro.workspaces.models import Workspace
from tests.api.callers import Caller
from tests.api.servers import RunningServer
from tests.factories import make_workspace
from tests.sessions import OTHERS, end_other_sessions


@pytest.fixture
def workspace(transactional_db: None) -> Workspace:
    return make_workspace()


def test_requests_share_connections_and_get_new_ones_after_a_restart_of_the_database(
    child_environment: dict[str, str], workspace: Workspace
) -> None:
    headers = Caller.of(workspace).signed()
    others = backends()

    with RunningServer(child_environment) as server:
        address = f"{server.address}/api/v1/workspace"

        def ask(_: int) -> int:
            return httpx.get(address, headers=headers, timeout=60).status_code

        assert [ask(number) for number in range(5)] == [200] * 5
        first = backends()
        assert [ask(number) for number in range(5)] == [200] * 5
        assert backends() >= first
        # Two: a request may come before the last one gave its connection back.
        assert len(backends() - others) <= 2

        end_other_sessions()
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(ask, range(20))) == [200] * 20
        assert not backends() & first


def backends() -> set[int]:
    """The process of each connection to this test's database, besides its own."""
    with connection.cursor() as cursor:
        cursor.execute(f"select pid {OTHERS}")
        return {row[0] for row in cursor.fetchall()}
