"""A secret on the wire: all of it but its value."""

from datetime import datetime

from pydantic import BaseModel, Field

from maestro.rest.etags import content_tag
from maestro.rest.shapes import Body, Slug
from maestro.workspaces.models import Secret, TestOutcome
from maestro.workspaces.vault import MAX_LENGTH

# These move by themselves: a change must not be refused because a run used the secret meanwhile.
MOVES_BY_ITSELF = {"last_used_at", "bound_by", "last_tested_at", "outcome", "tests"}


class SecretIn(Body):
    """`value` goes in and never comes out."""

    name: Slug = Field(min_length=1, max_length=80)
    value: str = Field(max_length=MAX_LENGTH)
    description: str = Field("", max_length=200)
    hosts: list[str] = Field([], description="Where it may be sent; empty: where its skill says.")


class SecretPatch(Body):
    """What is left out stays; a `value` is the next version."""

    value: str | None = Field(None, max_length=MAX_LENGTH)
    description: str | None = Field(None, max_length=200)
    hosts: list[str] | None = None


class SecretTestOut(BaseModel):
    """What came of trying a secret in one slot, for one who asks for it."""

    slot: str
    asked_by: str = Field(description="A skill, `models`, `mcp.<server>`, or nobody.")
    outcome: TestOutcome
    message: str


class SlotTestsOut(BaseModel):
    """What came of trying the environment's value in one slot."""

    slot: str
    tests: list[SecretTestOut]


class SecretOut(BaseModel):
    """All of a secret but its value."""

    id: str
    name: str
    description: str
    hosts: list[str]
    version: int
    set_at: datetime | None
    last_used_at: datetime | None
    bound_by: list[str] = Field(description="Ids of orchestras that bind a slot to it.")
    created_at: datetime
    last_tested_at: datetime | None = Field(description="Null: this version was not tested.")
    outcome: TestOutcome | None = Field(description="The one of `tests` that matters most.")
    tests: list[SecretTestOut]


def secret_out(secret: Secret) -> SecretOut:
    """Of a row that came with its versions and bindings."""
    newest = max(secret.versions.all(), key=lambda kept: kept.version, default=None)
    return SecretOut(
        id=secret.id,
        name=secret.name,
        description=secret.description,
        hosts=secret.hosts,
        version=newest.version if newest else 0,
        set_at=newest.created_at if newest else None,
        last_used_at=secret.last_used_at,
        bound_by=sorted({binding.orchestra_id for binding in secret.bindings.all()}),
        created_at=secret.created_at,
        last_tested_at=secret.last_tested_at,
        outcome=secret.tested(),
        tests=[SecretTestOut(**test) for test in secret.tests],
    )


def secret_tag(secret: Secret) -> str:
    return content_tag(secret_out(secret), without=MOVES_BY_ITSELF)
