"""Where a redirect may lead, and what goes along."""

from contextlib import aclosing

import pytest

from agents.addresses import Policy
from agents.egress import Egress
from maestro.errors import EgressRefused, OutcomeUnknown, ServiceRefused, Unavailable
from tests.agents.far_end import FarEnd, serving


async def test_a_redirect_does_not_lead_out_of_the_hosts_of_a_workspace(far_end: FarEnd) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with aclosing(Egress(Policy.of(["a.example", "b.example"], []), resolve)) as http:
        to = f"http://b.example:{far_end.port}/json"
        asked = f"http://a.example:{far_end.port}/redirect/302/{to}"
        assert (await http.request("GET", asked)).status == 200
        with pytest.raises(EgressRefused, match=r"b\.example is not among"):
            await http.within(["a.example"]).request("GET", asked)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/meta-data", "http://localhost:1/", "file:///etc/passwd"],
)
async def test_a_redirect_is_judged_like_the_first_address(
    code: int, target: str, http: Egress, far_end: FarEnd
) -> None:
    with pytest.raises(EgressRefused):
        await http.request("GET", f"{far_end.url}/redirect/{code}/{target}")


async def test_a_redirect_at_home_is_followed(http: Egress, far_end: FarEnd) -> None:
    answer = await http.request("GET", f"{far_end.url}/redirect/302//json")

    assert answer.json() == {"path": "/json"}


async def test_a_redirect_without_end_is_refused(http: Egress, far_end: FarEnd) -> None:
    with pytest.raises(ServiceRefused, match="too often"):
        await http.request("GET", f"{far_end.url}/redirect/302/?")
    assert len(far_end.seen) == 6


@pytest.mark.parametrize("page", ["/status/404", "/status/503", "/large/2000", "http://10.0.0.1/"])
async def test_a_write_that_leads_to_a_page_nobody_can_read_may_have_happened(
    page: str, http: Egress, far_end: FarEnd
) -> None:
    with pytest.raises(OutcomeUnknown, match="may have acted"):
        url = f"{far_end.url}/redirect/303/{page}"
        await http.request("POST", url, json={"a": 1}, max_bytes=1000)


async def test_a_write_that_is_sent_elsewhere_has_not_happened_here(
    http: Egress, far_end: FarEnd
) -> None:
    with pytest.raises(Unavailable):
        await http.request("POST", f"{far_end.url}/redirect/307//status/503", json={"a": 1})


async def test_credentials_stay_with_the_origin_they_were_meant_for(far_end: FarEnd) -> None:
    with serving() as other:
        egress = Egress(Policy.of([], [far_end.url, other.url]))
        keys = {"Authorization": "canary", "X-Api-Key": "canary", "Accept": "text/plain"}

        await egress.request("GET", f"{far_end.url}/redirect/302/{other.url}/json", headers=keys)

        assert far_end.seen[0]["headers"]["x-api-key"] == "canary"
        assert "canary" not in str(other.seen)
        assert other.seen[0]["headers"]["accept"] == "text/plain"


async def test_a_body_stays_with_the_origin_it_was_meant_for(far_end: FarEnd) -> None:
    with serving() as other:
        egress = Egress(Policy.of([], [far_end.url, other.url]))

        with pytest.raises(ServiceRefused):
            url = f"{far_end.url}/redirect/307/{other.url}/json"
            await egress.request("POST", url, json={"a": 1})

        assert other.seen == []
