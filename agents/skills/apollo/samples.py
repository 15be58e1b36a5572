"""Five people at five companies that do not exist: what a rehearsal finds and enriches.

What is said of them is of the kinds that `wire` makes of Apollo's answers, and no more.
"""

import unicodedata
from typing import Any, TypeGuard

JSON = dict[str, Any]
NAMED = ("name", "title", "company", "domain")


def _known(number: int, *named: str, signals: list[str]) -> JSON:
    name, title, seniority, company, domain, city, country = named
    return {
        "lead_id": f"66a1f0c2e4b0a10001d1a00{number}",
        "name": name,
        "title": title,
        "seniority": seniority,
        "company": company,
        "domain": domain,
        "city": city,
        "country": country,
        "signals": signals,
    }


PEOPLE: list[JSON] = [
    _known(
        1,
        *("Maya Chen", "VP Operations", "vp"),
        *("Northwind Freight", "northwind-freight.example", "Utrecht", "Netherlands"),
        signals=["Northwind Freight raised Series B in September 2026"],
    ),
    _known(
        2,
        *("Jonas Weber", "Head of Logistics", "head"),
        *("Alpenglow Outdoor", "alpenglow.example", "Innsbruck", "Austria"),
        signals=["In this role since August 2026"],
    ),
    _known(
        3,
        *("Priya Natarajan", "COO", "c_suite"),
        *("Brightline Clinics", "brightline-clinics.example", "Leeds", "United Kingdom"),
        signals=["Headcount grew in six months"],
    ),
    _known(
        4,
        *("Tom Okafor", "Director of Operations", "director"),
        *("Harbor & Pine", "harborandpine.example", "Portland", "United States"),
        signals=[],
    ),
    _known(
        5,
        *("Lucía Ferrer", "Procurement Manager", "manager"),
        *("Solmar Energía", "solmar.example", "Valencia", "Spain"),
        signals=["In this role since June 2026"],
    ),
]

COMPANIES: dict[str, JSON] = {
    "northwind-freight.example": {
        "name": "Northwind Freight",
        "industry": "logistics & supply chain",
        "employees": 240,
        "founded": 2014,
        "country": "Netherlands",
        "description": "Books and tracks road freight for shippers in the Benelux.",
        "technologies": ["Snowflake", "Zendesk", "NetSuite"],
        "funding": "Series B",
        "signals": ["Northwind Freight raised Series B in September 2026"],
    },
    "alpenglow.example": {
        "name": "Alpenglow Outdoor",
        "industry": "sporting goods",
        "employees": 130,
        "founded": 2008,
        "country": "Austria",
        "description": "Makes and sells mountaineering equipment, online and in 14 shops.",
        "technologies": ["Shopify", "Klaviyo"],
        "funding": None,
        "signals": [],
    },
    "brightline-clinics.example": {
        "name": "Brightline Clinics",
        "industry": "hospital & health care",
        "employees": 410,
        "founded": 2017,
        "country": "United Kingdom",
        "description": "Runs 22 walk-in clinics with online booking.",
        "technologies": ["HubSpot", "Workday"],
        "funding": None,
        "signals": ["Headcount grew in six months"],
    },
}


def _as_searched(person: JSON) -> JSON:
    """The search stars out the middle of a last name, and shows neither email nor domain."""
    first, last = person["name"].split()
    shown = {name: person[name] for name in ("lead_id", "title", "company", "signals")}
    return {**shown, "name": f"{first} {last[:2]}***{last[-1]}", "domain": None}


LEADS: list[JSON] = [_as_searched(person) for person in PEOPLE]


def enriched_person(given: JSON) -> JSON:
    """The person asked about, with a working address; of one who is not known, what was given."""
    known = next((one for one in PEOPLE if _is_meant(one, given)), None)
    asked = {name: given[name] for name in NAMED if _is_text(given.get(name))}
    lead = known or {**PEOPLE[0], **asked}
    asked_email = given.get("email")
    email = asked_email if _is_text(asked_email) and known is None else _address(lead)
    person = {
        "id": lead["lead_id"],
        "name": lead["name"],
        "title": lead["title"],
        "headline": f"{lead['title']} at {lead['company']}",
        "seniority": lead["seniority"],
        "city": lead["city"],
        "country": lead["country"],
        "email_status": "verified",
        "signals": lead["signals"],
    }
    return {"person": person, "email": email, **{name: lead[name] for name in NAMED}}


def enriched_company(given: JSON) -> JSON:
    """The profile of the company asked about; of one that is not known, the domain alone."""
    asked = given.get("domain")
    domain = asked if _is_text(asked) else "northwind-freight.example"
    return {"company_profile": {"domain": domain, **COMPANIES.get(domain, {})}}


def _is_meant(person: JSON, given: JSON) -> bool:
    """By id alone if there is one, as Apollo is asked; else by address, or name and domain."""
    if _is_text(given.get("lead_id")):
        return bool(person["lead_id"] == given["lead_id"])
    named = all(person[name] == given.get(name) for name in ("name", "domain"))
    return named or _address(person) == given.get("email")


def _address(lead: JSON) -> str:
    plain = unicodedata.normalize("NFKD", lead["name"]).encode("ascii", "ignore").decode()
    return f"{'.'.join(plain.lower().split())}@{lead['domain']}"


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""
