"""Apollo as documented: a search that stars out last names, and enrichment for credits.

After docs.apollo.io/reference: people-api-search, people-enrichment, organization-enrichment,
status-codes and authentication (read November 2026): a 401 is plain text, a 403 is JSON.
`python -m tests.far_ends.apollo --port 9002`; APOLLO_API_KEY is any key but `revoked-key`, and
`scoped-key`, which may do nothing.
"""

from typing import Any

from tests.far_ends.server import FarEnd, Reply, Request, main

JSON = dict[str, Any]

INVALID = (
    b"Invalid API key. See https://docs.apollo.io/reference/authentication for how to authenticate."
)
ORGANIZATIONS: dict[str, JSON] = {
    "northwind.example": {
        "id": "org_1",
        "name": "Northwind Freight",
        "primary_domain": "northwind.example",
        "industry": "logistics & supply chain",
        "estimated_num_employees": 240,
        "founded_year": 2014,
        "country": "Netherlands",
        "short_description": "Books and tracks road freight.",
        "technology_names": ["Snowflake", "NetSuite"],
        "latest_funding_stage": "Series B",
        "latest_funding_round_date": "2026-09-15T00:00:00.000+00:00",
        "organization_headcount_six_month_growth": 0.12,
    },
    "alpenglow.example": {
        "id": "org_2",
        "name": "Alpenglow Outdoor",
        "primary_domain": "alpenglow.example",
        "industry": "sporting goods",
        "estimated_num_employees": 130,
        "technology_names": None,
        "latest_funding_stage": None,
    },
}

PEOPLE: list[JSON] = [
    {
        "id": f"person_{number}",
        "first_name": first,
        "last_name": last,
        "name": f"{first} {last}",
        "title": title,
        "headline": title,
        "city": "Utrecht",
        "country": "Netherlands",
        "linkedin_url": None,
        "email": email,
        "email_status": "verified" if email else "unavailable",
        "organization": ORGANIZATIONS[domain],
        "employment_history": [
            {"title": title, "current": True, "start_date": "2026-08-01"},
            {"title": "Analyst", "current": False, "start_date": "2019-01-01"},
        ],
    }
    for number, (first, last, title, email, domain) in enumerate(
        [
            ("Maya", "Chen", "VP Operations", "maya@northwind.example", "northwind.example"),
            ("Jonas", "Weber", "Head of Logistics", "jonas@alpenglow.example", "alpenglow.example"),
            ("Tom", "Okafor", "COO", None, "alpenglow.example"),
            ("Ada", "Smit", "Head of Operations", "ada@northwind.example", "northwind.example"),
        ]
    )
]


class Apollo(FarEnd):
    """Counts `credits`: one for each enrichment that found something."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.credits = 0

    def answer(self, request: Request) -> Reply:
        known = request.headers.get("x-api-key", "revoked-key") != "revoked-key"
        if request.path == "/api/v1/auth/health":  # answers whoever asks
            return Reply(body={"healthy": True, "is_logged_in": known})
        if not known:
            return Reply(401, INVALID, {"Content-Type": "text/plain"})
        if request.headers["x-api-key"] == "scoped-key":
            told = f"This API key is not authorized to access {request.path[1:]}."
            return Reply(403, {"error": told, "error_code": "API_INACCESSIBLE"})
        match request.method, request.path:
            case "POST", "/api/v1/mixed_people/api_search":
                return self._search(request)
            case "POST", "/api/v1/people/match":
                return self._match(request)
            case "GET", "/api/v1/organizations/enrich":
                return self._enrich(request.first("domain"))
        return Reply(404, {"error": "Not Found"})

    def _search(self, request: Request) -> Reply:
        page, size = int(request.first("page", "1")), int(request.first("per_page", "10"))
        shown = [_starred(person) for person in PEOPLE[(page - 1) * size : page * size]]
        return Reply(body={"total_entries": len(PEOPLE), "people": shown})

    def _match(self, request: Request) -> Reply:
        asked = {name: request.first(name) for name in ("id", "email", "name")}
        wanted = {name: value for name, value in asked.items() if value}
        if not wanted:
            return Reply(422, {"error": "Provide parameters to match a person."})
        found = [p for p in PEOPLE if all(p[name] == value for name, value in wanted.items())]
        self.credits += bool(found)
        return Reply(body={"person": found[0] if found else None})

    def _enrich(self, domain: str) -> Reply:
        if not domain:
            return Reply(422, {"error": "Required parameter 'domain' missing"})
        organization = ORGANIZATIONS.get(domain)
        self.credits += bool(organization)
        return Reply(body={"organization": organization} if organization else {})


def _starred(person: JSON) -> JSON:
    last = person["last_name"]
    return {
        "id": person["id"],
        "first_name": person["first_name"],
        "last_name_obfuscated": f"{last[:2]}***{last[-1]}",
        "title": person["title"],
        "has_email": bool(person["email"]),
        "organization": {"name": person["organization"]["name"], "has_industry": True},
    }


if __name__ == "__main__":
    main(Apollo)
