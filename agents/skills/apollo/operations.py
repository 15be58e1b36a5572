"""The skill `apollo`: finds people by who they are, and learns more about one of them."""

import re
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from agents.skills.apollo import samples
from agents.skills.apollo.wire import Enriched, Found, Health, Matched, Organization, Person
from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample
from agents.skills.service import Service
from maestro.errors import InvalidNodeInput, ServiceRefused

SLOT = "apollo_api_key"
APOLLO = Service(name="Apollo", slot=SLOT, url="https://api.apollo.io", setting="APOLLO_API_URL")


async def probe(context: Context, slot: str) -> str:
    """Whether Apollo knows the key, which costs no credit."""
    headers = {"X-Api-Key": context.secret(slot)}
    health = await APOLLO.ask(context, "GET", "/api/v1/auth/health", Health, headers=headers)
    if not health.is_logged_in:
        raise ServiceRefused("Apollo does not know this key.", slot=slot)
    return ""


skill = Skill(
    name="apollo",
    version="1.1.0",
    description="Find people and companies in Apollo, and enrich them.",
    icon="person_search",
    secrets=(replace(APOLLO.secret, probe=probe),),
)
MAX_LIMIT = 100  # a page of the search has no more


def _range(text: object) -> object:
    """`51-200` as Apollo writes it: `51,200`."""
    return re.sub(r"\s*[-\u2013]\s*", ",", text) if isinstance(text, str) else text


Range = Annotated[str, BeforeValidator(_range), Field(pattern=r"^\d+,\d+$")]


class FindInput(BaseModel):
    titles: list[str] = Field(default_factory=list, description="Any of these, or similar ones.")
    industries: list[str] = Field(default_factory=list, description="Keywords of the company.")
    locations: list[str] = Field(default_factory=list, description="Where the people live.")
    headcount: list[Range] = Field(default_factory=list, description="Ranges like 51-200.")
    limit: int = Field(10, ge=1, le=MAX_LIMIT)
    page: int = Field(1, ge=1, le=500)


class Lead(BaseModel):
    lead_id: str
    name: str
    title: str | None = None
    company: str | None = None
    domain: str | None = None
    email: str | None = None
    signals: list[str] = Field(default_factory=list)


class FindOutput(BaseModel):
    leads: list[Lead]


@skill.operation(effect=Effect.READ, sample=Sample({"leads": samples.LEADS}), timeout_seconds=45)
async def find_leads(input: FindInput, context: Context) -> FindOutput:
    """Find people by title, industry, place and size of the company. It costs no credits, but wants
    a key made for `mixed_people/api_search` or a master key, and shows neither email nor full last
    name: enrich whom you want."""
    filters = {
        "person_titles[]": input.titles,
        "q_organization_keyword_tags[]": input.industries,
        "person_locations[]": input.locations,
        "organization_num_employees_ranges[]": input.headcount,
    }
    found = await APOLLO.ask(
        context,
        "POST",
        "/api/v1/mixed_people/api_search",
        Found,
        headers=_headers(context),
        query={k: v for k, v in filters.items() if v}
        | {"page": input.page, "per_page": input.limit},
    )
    return FindOutput(leads=[_lead(person) for person in found.people[: input.limit]])


class PersonInput(BaseModel):
    lead_id: str | None = Field(None, description="Apollo's id of the person: the surest.")
    email: str | None = None
    name: str | None = None
    domain: str | None = Field(None, description="The employer's, to go with the name.")


class PersonOutput(BaseModel):
    """What is not known is left out, so that it covers nothing that was known before."""

    person: dict[str, object]
    email: str | None = None
    name: str | None = None
    title: str | None = None
    company: str | None = None
    domain: str | None = None


@skill.operation(
    effect=Effect.READ,
    ports=("success", "no_email"),
    sample=Sample(samples.enriched_person({}), vary=samples.enriched_person),
    timeout_seconds=45,
)
async def enrich_person(input: PersonInput, context: Context) -> tuple[str, PersonOutput]:
    """Full name, work email and history of one person, for a credit; leaves by `no_email` when
    Apollo knows nobody, or no address."""
    if not (input.lead_id or input.email or (input.name and input.domain)):
        raise InvalidNodeInput("Give lead_id, email, or name and domain")
    # By id alone: a name that the search has starred out would only mislead.
    asked = {"id": input.lead_id} if input.lead_id else input.model_dump(exclude_none=True)
    matched = await APOLLO.ask(
        context,
        "POST",
        "/api/v1/people/match",
        Matched,
        headers=_headers(context),
        query={**asked, "reveal_personal_emails": "false", "reveal_phone_number": "false"},
    )
    person = matched.person
    if person is None:
        return "no_email", PersonOutput(person={})
    email = person.usable_email()
    known = {
        "email": email,
        "name": person.full_name(),
        "title": person.title,
        "company": person.organization.name if person.organization else None,
        "domain": person.organization.primary_domain if person.organization else None,
    }
    output = PersonOutput.model_validate(
        {"person": _shown(person)} | {name: value for name, value in known.items() if value}
    )
    return ("success" if email else "no_email"), output


class DomainInput(BaseModel):
    domain: str = Field(min_length=3, description="Like example.com.")


class CompanyProfile(BaseModel):
    domain: str
    name: str | None = None
    industry: str | None = None
    employees: int | None = None
    founded: int | None = None
    country: str | None = None
    description: str | None = None
    technologies: list[str] = Field(default_factory=list)
    funding: str | None = None
    signals: list[str] = Field(default_factory=list)


class DomainOutput(BaseModel):
    company_profile: CompanyProfile


@skill.operation(
    effect=Effect.READ,
    sample=Sample(samples.enriched_company({}), vary=samples.enriched_company),
    timeout_seconds=45,
)
async def enrich_domain(input: DomainInput, context: Context) -> DomainOutput:
    """What a company does, how large it is and what changed there lately, for a credit. Of a
    company that Apollo does not know only the domain comes back."""
    domain = re.sub(r"^(https?://)?(www\.)?|/.*$", "", input.domain.strip().lower())
    enriched = await APOLLO.ask(
        context,
        "GET",
        "/api/v1/organizations/enrich",
        Enriched,
        headers=_headers(context),
        query={"domain": domain},
    )
    return DomainOutput(company_profile=_profile(domain, enriched.organization or Organization()))


def _headers(context: Context) -> dict[str, str]:
    return {"X-Api-Key": context.secret(SLOT), "Cache-Control": "no-cache"}


def _lead(person: Person) -> Lead:
    organization = person.organization or Organization()
    lead = Lead(
        lead_id=person.id,
        name=person.full_name(),
        title=person.title,
        company=organization.name,
        domain=organization.primary_domain,
        signals=person.signals(),
    )
    if email := person.usable_email():
        lead.email = email
    return lead


def _shown(person: Person) -> dict[str, object]:
    """What a prompt can use; nothing that is empty."""
    fields = {"id", "title", "headline", "seniority", "city", "country", "linkedin_url"}
    shown = person.model_dump(include=fields | {"email_status"}, exclude_none=True)
    return {**shown, "name": person.full_name(), "signals": person.signals()}


def _profile(domain: str, organization: Organization) -> CompanyProfile:
    return CompanyProfile(
        domain=domain,
        name=organization.name,
        industry=organization.industry,
        employees=organization.estimated_num_employees,
        founded=organization.founded_year,
        country=organization.country,
        description=organization.short_description,
        technologies=organization.technology_names[:20],
        funding=organization.latest_funding_stage,
        signals=list(organization.signals()),
    )
