"""The REST API under /api/v1/: every app's router, one way in, one shape of refusals."""

from agents.api import router as agents
from agents.limits.api import router as limits
from agents.skills.api import router as skills
from agents.skills.mcp.api import router as mcp_servers
from agents.skills.pipeline.api import router as pipelines
from maestro.exchange.api import router as exchange
from maestro.workspaces.api import router as workspaces
from orchestras.api import router as orchestras
from orchestras.secrets.api import router as secrets
from runs.again.api import router as again
from runs.api import router as runs
from runs.auditions.api import router as auditions
from runs.budgets.api import router as budgets
from runs.catalog.api import router as catalog
from runs.forecasts.api import router as forecasts
from runs.plans.api import router as plans
from runs.probes.api import router as probes
from runs.reach.api import router as reach
from scores.api import router as scores
from scores.composing.api import router as drafts
from scores.history.api import router as history
from scores.sharing.api import router as sharing

from .described import DescribedAPI
from .errors import answer_errors
from .parser import JsonBodies

DESCRIPTION = """
Everything that can be done in Maestro's pages, for programs. Send an API key as `Authorization: Bearer mk_…`.

Everything that is refused has one shape: `code`, `message`, `details`, `request_id`. A change needs `If-Match` with
the `ETag` that was read. A start may be repeated safely with the same `Idempotency-Key`.
"""

api = DescribedAPI(
    title="Maestro",
    version="1",
    description=DESCRIPTION.strip(),
    urls_namespace="api",
    parser=JsonBodies(),
)
answer_errors(api)
ROUTERS = (
    workspaces,
    secrets,
    probes,
    agents,
    skills,
    pipelines,
    catalog,
    mcp_servers,
    limits,
    scores,
    drafts,
    history,
    sharing,
    exchange,
    orchestras,
    runs,
    again,
    plans,
    reach,
    auditions,
    budgets,
    forecasts,
)
for router in ROUTERS:
    api.add_router("", router)
