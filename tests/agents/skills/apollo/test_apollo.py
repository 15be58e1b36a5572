from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from agents.egress import Egress
from agents.skills.context import Context
from agents.skills.outcome import Outcome
from agents.skills.registry import dispatch
from maestro.errors import InvalidNodeInput
from tests.agents.skills.conftest import MakeContext
from tests.far_ends.apollo import Apollo
from tests.far_ends.server import Reply, serving


@pytest.fixture
def apollo(settings: Settings) -> Iterator[Apollo]:
    with serving(Apollo()) as far_end:
        settings.APOLLO_API_URL = far_end.url
        yield far_end


@pytest.fixture
def online(apollo: Apollo, make_context: MakeContext) -> Context:
    return make_context(http=Egress.from_settings(), secret={"apollo_api_key": "a-key"}.__getitem__)


async def ask(operation: str, context: Context, **given: Any) -> Outcome:
    return await dispatch("apollo", operation, given, context)


async def test_leads_are_found_by_filters_in_apollos_words(apollo: Apollo, online: Context) -> None:
    outcome = await ask(
        "find_leads",
        online,
        titles=["VP Operations", "COO"],
        industries=["logistics"],
        locations=["Netherlands"],
        headcount=["51-200", "201,500"],
        limit=2,
    )

    assert apollo.seen[0].query == {
        "person_titles[]": ["VP Operations", "COO"],
        "q_organization_keyword_tags[]": ["logistics"],
        "person_locations[]": ["Netherlands"],
        "organization_num_employees_ranges[]": ["51,200", "201,500"],
        "page": ["1"],
        "per_page": ["2"],
    }
    assert [lead["lead_id"] for lead in outcome.output["leads"]] == ["person_0", "person_1"]
    assert outcome.output["leads"][0] == {
        "lead_id": "person_0",
        "name": "Maya Ch***n",
        "title": "VP Operations",
        "company": "Northwind Freight",
        "domain": None,
        "signals": [],
    }
    assert apollo.credits == 0


async def test_the_next_page_goes_on_behind_the_first(online: Context) -> None:
    outcome = await ask("find_leads", online, limit=3, page=2)

    assert [lead["lead_id"] for lead in outcome.output["leads"]] == ["person_3"]


async def test_a_range_of_heads_must_be_one(online: Context) -> None:
    with pytest.raises(InvalidNodeInput):
        await ask("find_leads", online, headcount=["many"])


async def test_a_person_is_enriched_by_id_alone_when_there_is_one(
    apollo: Apollo, online: Context
) -> None:
    given = {"lead_id": "person_0", "name": "Maya Ch***n", "email": None}

    port, output = await ask("enrich_person", online, **given)

    assert apollo.seen[0].query == {
        "id": ["person_0"],
        "reveal_personal_emails": ["false"],
        "reveal_phone_number": ["false"],
    }
    assert port == "success"
    known = {name: output[name] for name in ("email", "name", "title", "company", "domain")}
    assert known == {
        "email": "maya@northwind.example",
        "name": "Maya Chen",
        "title": "VP Operations",
        "company": "Northwind Freight",
        "domain": "northwind.example",
    }
    assert output["person"]["signals"] == [
        "In this role since August 2026",
        "Northwind Freight raised Series B in September 2026",
        "Headcount grew in six months",
    ]
    assert "linkedin_url" not in output["person"]


async def test_who_has_no_address_leaves_by_no_email(apollo: Apollo, online: Context) -> None:
    port, output = await ask("enrich_person", online, lead_id="person_2")

    assert port == "no_email"
    assert "email" not in output
    assert output["name"] == "Tom Okafor"


async def test_whom_apollo_does_not_know_leaves_by_no_email(online: Context) -> None:
    assert await ask("enrich_person", online, lead_id="person_99") == ("no_email", {"person": {}})


async def test_what_apollo_leaves_null_is_not_known(apollo: Apollo, online: Context) -> None:
    job = {"title": None, "current": None, "start_date": None}
    person = {"id": "p", "name": "X", "email": "x@x.example", "employment_history": [job]}
    apollo.faults.append(Reply(body={"person": person | {"organization": None}}))

    assert (await ask("enrich_person", online, lead_id="p")).port == "success"


async def test_a_locked_address_is_none(apollo: Apollo, online: Context) -> None:
    locked = {"id": "p", "name": "X", "email": "email_not_unlocked@domain.com"}
    apollo.faults.append(Reply(body={"person": locked}))

    assert (await ask("enrich_person", online, lead_id="p")).port == "no_email"


async def test_somebody_must_be_asked_for(apollo: Apollo, online: Context) -> None:
    with pytest.raises(InvalidNodeInput):
        await ask("enrich_person", online, name="Maya")
    assert apollo.seen == []


async def test_a_company_is_enriched_by_its_bare_domain(apollo: Apollo, online: Context) -> None:
    outcome = await ask("enrich_domain", online, domain="https://www.Northwind.example/about")

    assert apollo.seen[0].query == {"domain": ["northwind.example"]}
    profile = outcome.output["company_profile"]
    assert (profile["name"], profile["employees"]) == ("Northwind Freight", 240)
    assert profile["signals"][0] == "Northwind Freight raised Series B in September 2026"


async def test_of_an_unknown_company_its_domain_comes_back(online: Context) -> None:
    outcome = await ask("enrich_domain", online, domain="nowhere.example")

    profile = outcome.output["company_profile"]
    assert (profile["domain"], profile["name"]) == ("nowhere.example", None)
