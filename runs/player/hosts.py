"""Which hosts each workspace lets its skills reach, held in memory: no call asks the database."""

import psycopg

NARROWED = "select id, egress_hosts from workspaces where egress_hosts <> '[]'::jsonb"


class HostsOfWorkspaces:
    """Those that have narrowed it; `read` replaces all of it, so a change counts for the next call."""

    def __init__(self) -> None:
        self.changed = True  # must be read (again)
        self._hosts: dict[str, frozenset[str]] = {}

    async def read(self, connection: psycopg.AsyncConnection) -> None:
        rows = await (await connection.execute(NARROWED)).fetchall()
        self._hosts = {workspace: frozenset(hosts) for workspace, hosts in rows}
        self.changed = False

    def of(self, workspace: str) -> frozenset[str]:
        """Empty: any host that the deployer's rules let pass."""
        return self._hosts.get(workspace, frozenset())
