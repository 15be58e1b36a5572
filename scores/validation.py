"""What is wrong with a graph document: asked at each save and again when a run starts."""

from collections.abc import Iterable

from pydantic import ValidationError

from agents.skills.operation import places
from maestro.errors import InvalidScore
from maestro.workspaces.models import Workspace

from .checks.bodies import check_bodies
from .checks.edges import check_edges
from .checks.issue import Issue, Words
from .checks.limits import check_limits
from .checks.nodes import check_nodes
from .checks.order import check_order
from .checks.references import Known, answers_of, check_references
from .checks.secrets import check_secrets
from .checks.shapes import Answers
from .checks.subscores import check_subscores
from .checks.surprises import check_surprises
from .document import GraphDocument
from .models import Score


def parse_document(written: object) -> GraphDocument:
    """The document in what a program or a file says; InvalidScore names each field at fault."""
    try:
        return GraphDocument.model_validate(written)
    except ValidationError as refusal:
        issues = [
            Issue("error", "invalid_document", Words(f"{place['place']}: {place['message']}."))
            for place in places(refusal)
        ]
    raise refusal_of(issues)


def check_graph(
    document: GraphDocument, workspace: Workspace, *, score: Score | None = None
) -> list[Issue]:
    """Every error, else every warning. As many queries for a large graph as for a small one.

    `score`: the one that is to have this graph; no score below may hold it.
    """
    known = Known.to(workspace, document)
    issues = check_document(document, known, answers_of(document, known))
    if errors_of(issues):
        return issues
    if score is not None and (errors := list(check_subscores(document, score))):
        return errors
    return [*issues, *check_secrets(document, workspace, score)]


def find_errors(
    document: GraphDocument, workspace: Workspace, *, score: Score | None = None
) -> list[Issue]:
    """The errors alone, for who has no use for warnings: a start."""
    errors = _errors(document, Known.to(workspace, document))
    return errors or ([] if score is None else list(check_subscores(document, score)))


def check_document(
    document: GraphDocument, known: Known, answers: Answers | None = None
) -> list[Issue]:
    """The same without the database. `answers`: what the agents answer, as far as it is known."""
    return _errors(document, known) or list(check_surprises(document, answers or {}))


def _errors(document: GraphDocument, known: Known) -> list[Issue]:
    errors = [
        *check_limits(document),
        *check_nodes(document),
        *check_references(document, known),
        *check_bodies(document),
        *check_edges(document),
    ]
    return errors or list(check_order(document))


def errors_of(issues: Iterable[Issue]) -> list[Issue]:
    """Those that stop a save or a start."""
    return [issue for issue in issues if issue.level == "error"]


def refusal_of(errors: list[Issue]) -> InvalidScore:
    """The errors as one refusal, to be raised: `details["errors"]` lists them."""
    first = errors[0].message
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    return InvalidScore(first + more, errors=[issue.as_json() for issue in errors])
