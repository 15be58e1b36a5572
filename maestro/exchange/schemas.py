"""Documents on the wire."""

from typing import Literal

from pydantic import BaseModel, Field

from maestro.rest.shapes import Body
from scores.schemas import IssueOut

from .document import Document
from .taking import Change, Imported


class ImportIn(Body):
    """What an export gave. With `dry_run` nothing is kept; with the `seal` of a dry run, exactly
    what that one told is done, or nothing."""

    document: Document
    dry_run: bool = False
    seal: str | None = None


class ChangeOut(BaseModel):
    kind: Literal["agent", "score", "orchestra"]
    name: str = Field(description="Its slug; an orchestra's name.")
    change: Literal["created", "changed", "same"]
    difference: str = Field(description="In lines of YAML, as `diff -u` tells it.")
    note: str
    warnings: list[IssueOut] = Field(description="Of a score, as its save tells them.")


class ImportOut(BaseModel):
    dry_run: bool
    seal: str
    changes: list[ChangeOut]


def import_out(imported: Imported, *, dry_run: bool) -> ImportOut:
    changes = [_change_out(change) for change in imported.changes]
    return ImportOut(dry_run=dry_run, seal=imported.seal, changes=changes)


def _change_out(change: Change) -> ChangeOut:
    warnings = [IssueOut.model_validate(issue.as_json()) for issue in change.warnings]
    return ChangeOut(**{**vars(change), "warnings": warnings})
