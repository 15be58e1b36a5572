"""Five people at five companies that do not exist: what a rehearsal finds and enriches."""

from typing import Any, TypeGuard

JSON = dict[str, Any]
NAMED = ("name", "title", "company", "domain")

LEADS: list[JSON] = [
    {
        "lead_id": "66a1f0c2e4b0a10001d1a001",
        "name": "Maya Chen",
        "title": "VP Operations",
        "company": "Northwind Freight",
        "domain": "northwind-freight.example",
        "email": "maya.chen@northwind-freight.example",
        "signals": [
            "Northwind Freight raised a Series B in September 2026",
            "Hiring 4 operations analysts",
        ],
    },
    {
        "lead_id": "66a1f0c2e4b0a10001d1a002",
        "name": "Jonas Weber",
        "title": "Head of Logistics",
        "company": "Alpenglow Outdoor",
        "domain": "alpenglow.example",
        "signals": ["In this role since August 2026", "Alpenglow opened a warehouse in Linz"],
    },
    {
        "lead_id": "66a1f0c2e4b0a10001d1a003",
        "name": "Priya Natarajan",
        "title": "COO",
        "company": "Brightline Clinics",
        "domain": "brightline-clinics.example",
        "signals": ["Headcount grew 24 % in six months"],
    },
    {
        "lead_id": "66a1f0c2e4b0a10001d1a004",
        "name": "Tom Okafor",
        "title": "Director of Operations",
        "company": "Harbor & Pine",
        "domain": "harborandpine.example",
        "signals": [],
    },
    {
        "lead_id": "66a1f0c2e4b0a10001d1a005",
        "name": "Lucía Ferrer",
        "title": "Procurement Manager",
        "company": "Solmar Energía",
        "domain": "solmar.example",
        "signals": ["Solmar Energía took over two competitors in 2026"],
    },
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
        "signals": ["Raised a Series B in September 2026"],
    },
    "alpenglow.example": {
        "name": "Alpenglow Outdoor",
        "industry": "sporting goods",
        "employees": 130,
        "founded": 2008,
        "country": "Austria",
        "description": "Makes and sells mountaineering equipment, online and in 14 shops.",
        "technologies": ["Shopify", "Klaviyo"],
        "signals": ["Opened a second warehouse, in Linz"],
    },
    "brightline-clinics.example": {
        "name": "Brightline Clinics",
        "industry": "hospital & health care",
        "employees": 410,
        "founded": 2017,
        "country": "United Kingdom",
        "description": "Runs 22 walk-in clinics with online booking.",
        "technologies": ["HubSpot", "Workday"],
        "signals": ["Headcount grew 24 % in six months"],
    },
}


def enriched_person(given: JSON) -> JSON:
    """A plausible person for the lead asked about, with a working address."""
    known = next((lead for lead in LEADS if lead["lead_id"] == given.get("lead_id")), LEADS[0])
    asked = {name: given[name] for name in NAMED if _is_text(given.get(name))}
    lead = {**known, **asked}
    local = ".".join(lead["name"].lower().split())
    email = lead.get("email") or f"{local}@{lead['domain']}"
    person = {
        "id": lead["lead_id"],
        "name": lead["name"],
        "title": lead["title"],
        "headline": f"{lead['title']} at {lead['company']}",
        "seniority": "vp",
        "city": "Utrecht",
        "country": "Netherlands",
        "email_status": "verified",
        "signals": lead["signals"],
    }
    return {"person": person, "email": email, **{name: lead[name] for name in NAMED}}


def enriched_company(given: JSON) -> JSON:
    """A plausible profile of the company asked about."""
    asked, company = given.get("domain"), given.get("company")
    domain = asked if _is_text(asked) else "northwind-freight.example"
    known = COMPANIES.get(domain) or {"name": company if _is_text(company) else domain}
    return {"company_profile": {"domain": domain, **known}}


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""
