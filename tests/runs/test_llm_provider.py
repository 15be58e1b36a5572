"""A workspace may have its models asked at a server of its own, with its own key only."""

import pytest
from pytest_django import Settings

from maestro.errors import Conflict, InvalidInput
from maestro.workspaces.changing import change_workspace
from maestro.workspaces.models import Secret, Workspace
from runs.forecasts import forecast_of_score
from runs.models import Run
from scores.models import Score
from tests.far_ends.messages_api import speaking, text
from tests.runs.agents import KEY, agent_score, error_of, play_with
from tests.runs.worlds import workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def allowed(settings: Settings) -> None:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"]


def asking_at(url: str) -> Workspace:
    return change_workspace(workspace(), {"messages_api_url": url}, author="ada")


def played() -> Run:
    return play_with([text("ours")], agent_score())


def test_a_workspace_asks_its_own_server_with_its_own_key() -> None:
    with speaking([text("theirs")]) as api:
        asking_at(api.url)
        run = played()

    assert run.output == {"text": "theirs"}, run.error
    assert KEY in str(api.headers[0]), api.headers
    assert run.requests == []  # type: ignore[attr-defined]


def test_what_the_deployer_adds_to_its_own_requests_stays_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    added = "X-Gate: canary\nAuthorization: Bearer canary\nAnthropic-Beta: canary"
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", added)
    with speaking([text("theirs")]) as api:
        asking_at(api.url)
        assert played().output == {"text": "theirs"}

    assert api.headers[0]["authorization"] == f"Bearer {KEY}"
    assert "Bearer canary" not in str(api.headers) and "'canary'" not in str(api.headers)


def test_prompts_are_counted_at_the_workspaces_server(settings: Settings) -> None:
    score = agent_score()
    with speaking([]) as api:
        asking_at(api.url)
        forecast_of_score(Score.objects.get(pk=score.pk), counted=True)
        settings.MAESTRO_EGRESS_ALLOW = []
        with pytest.raises(Conflict, match="egress_refused"):
            forecast_of_score(Score.objects.get(pk=score.pk), counted=True)

    assert len(api.counted) == 1


def test_a_server_inside_a_private_network_is_refused(settings: Settings) -> None:
    with speaking([text("theirs")]) as api:
        asking_at(api.url)
        settings.MAESTRO_EGRESS_ALLOW = []
        run = played()

    assert error_of(run)["code"] == "egress_refused"
    assert api.requests == []


def test_the_key_stays_at_the_hosts_that_the_vault_names() -> None:
    score = agent_score()
    Secret.objects.update(hosts=["api.anthropic.com"])
    with speaking([text("theirs")]) as api:
        asking_at(api.url)
        run = play_with([text("ours")], score)

    assert error_of(run)["code"] == "egress_refused"
    assert api.requests == [] and KEY not in str(run.error)


def test_the_environments_key_never_goes_to_a_workspaces_server(settings: Settings) -> None:
    settings.ENVIRONMENT_SECRETS = {"anthropic_api_key": "sk-of-the-deployer-1234"}
    score = agent_score()
    Secret.objects.all().delete()
    Workspace.objects.update(settings={"env_secrets": True})
    assert play_with([text("ours")], score).output == {"text": "ours"}
    with speaking([text("theirs")]) as api:
        asking_at(api.url)
        run = play_with([text("ours")], score)

    assert error_of(run)["code"] == "missing_secret"
    assert api.requests == []


@pytest.mark.parametrize(
    "url",
    ["models", "http://models.example.com", "https://a:b@models.example.com", "https://m.co/?k=1"],
)
def test_an_address_that_would_give_the_key_away_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        asking_at(url)
