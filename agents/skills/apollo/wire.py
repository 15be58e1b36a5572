"""What Apollo answers, as far as it is read, and what a lead's records say that an opener can quote.

After docs.apollo.io/reference: people-api-search, people-enrichment, organization-enrichment
(read November 2026), and for `q_organization_keyword_tags`, which that reference leaves out, Apollo's
own github.com/apolloio/apollo-io-cli. The search shows a last name with its middle starred out
(`last_name_obfuscated`) and no email; both come with the enrichment, which costs a credit.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic import BaseModel, Field, ValidationInfo, field_validator

PLACEHOLDER = (
    "email_not_unlocked"  # begins the address Apollo shows where there is no credit for it
)


class Wire(BaseModel):
    """Null stands for absent throughout."""

    @field_validator("*", mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401
        field = cls.model_fields[str(info.field_name)]
        return (
            value
            if value is not None or field.is_required()
            else field.get_default(call_default_factory=True)
        )


class Organization(Wire):
    id: str | None = None
    name: str | None = None
    primary_domain: str | None = None
    industry: str | None = None
    estimated_num_employees: int | None = None
    founded_year: int | None = None
    country: str | None = None
    short_description: str | None = None
    technology_names: list[str] = Field(default_factory=list)
    latest_funding_stage: str | None = None
    latest_funding_round_date: str | None = None
    organization_headcount_six_month_growth: float | None = None

    def signals(self) -> Iterator[str]:
        """What changed at the company, in words."""
        if self.latest_funding_stage and self.latest_funding_round_date:
            when = _month(self.latest_funding_round_date)
            yield f"{self.name or 'The company'} raised {self.latest_funding_stage} in {when}"
        growth = self.organization_headcount_six_month_growth
        if growth is not None and abs(growth) >= 0.05:
            # No number: the reference calls it a percentage (12.3), answers have fractions (0.125).
            yield f"Headcount {'grew' if growth > 0 else 'shrank'} in six months"


class Job(Wire):
    title: str | None = None
    current: bool = False
    start_date: str | None = None


class Person(Wire):
    id: str
    first_name: str | None = None
    last_name: str | None = None
    last_name_obfuscated: str | None = None
    name: str | None = None
    title: str | None = None
    headline: str | None = None
    seniority: str | None = None
    city: str | None = None
    country: str | None = None
    linkedin_url: str | None = None
    email: str | None = None
    email_status: str | None = None
    organization: Organization | None = None
    employment_history: list[Job] = Field(default_factory=list)

    def full_name(self) -> str:
        parts = (self.first_name, self.last_name or self.last_name_obfuscated)
        return self.name or " ".join(part for part in parts if part)

    def usable_email(self) -> str | None:
        """The work address, unless Apollo itself says that there is none."""
        if not self.email or self.email.startswith(PLACEHOLDER):
            return None
        return None if self.email_status in ("unavailable", "bounced") else self.email

    def signals(self) -> list[str]:
        """What is new about the person and the company, in words."""
        started = (job.start_date for job in self.employment_history if job.current)
        since = next((start for start in started if start), None)
        of_company = self.organization.signals() if self.organization else ()
        return [*([f"In this role since {_month(since)}"] if since else []), *of_company]


class Found(BaseModel):
    people: list[Person]


class Matched(BaseModel):
    person: Person | None = None


class Enriched(BaseModel):
    organization: Organization | None = None


class Health(BaseModel):
    """Of docs.apollo.io/reference/authentication: a key that is not known is answered, too."""

    is_logged_in: bool = False


def _month(day: str) -> str:
    try:
        return date.fromisoformat(day[:10]).strftime("%B %Y")
    except ValueError:
        return day
