"""The page that holds the Composer: whose it is, and what it says without the bundle."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from maestro.workspaces.models import Role
from scores.composing import bundle
from tests.composer.bundling import bundle as make_bundle

from .conftest import SignIn, World


def config_in(page: str) -> Any:
    written = re.search(r'<script id="composer-config"[^>]*>(.*?)</script>', page)
    assert written, page
    return json.loads(written[1])


def open_page(client: Client, pk: str, status: int = 200) -> str:
    answer = client.get(f"/admin/scores/score/{pk}/composer/")
    assert answer.status_code == status
    return answer.content.decode()


def test_the_page_brings_the_score_and_what_the_person_may_do(
    world: World, sign_in: SignIn
) -> None:
    make_bundle()
    for role, may_edit in ((Role.EDITOR, True), (Role.VIEWER, False)):
        config = config_in(open_page(sign_in(role), world.score.pk))
        assert config["score"] == {"id": world.score.pk, "name": world.score.name, "version": 1}
        assert config["mayEdit"] is may_edit


def test_another_workspaces_score_is_not_there(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    open_page(sign_in(), elsewhere.score.pk, 404)


def test_without_its_bundle_the_page_says_what_to_do(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "SCRIPT", "scores/nowhere.js")

    page = open_page(sign_in(), world.score.pk)

    assert re.search(r'id="composer-gone"[^>]*role="alert" >', page)
    assert "make setup" in page and f"/admin/scores/score/{world.score.pk}/change/" in page
    assert '<script type="module" src="/static/scores' not in page


def test_the_scores_page_leads_to_it(world: World, sign_in: SignIn) -> None:
    page = sign_in().get(f"/admin/scores/score/{world.score.pk}/change/").content.decode()
    assert f'href="/admin/scores/score/{world.score.pk}/composer/"' in page


def test_a_run_is_shown_on_the_canvas_of_its_workspace_alone(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    make_bundle()
    client = sign_in(Role.VIEWER)
    answer = client.get(f"/admin/runs/run/{world.run.pk}/canvas/")
    config = config_in(answer.content.decode())
    assert (config["run"], config["score"]["id"]) == ({"id": world.run.pk}, world.score.pk)
    assert client.get(f"/admin/runs/run/{elsewhere.run.pk}/canvas/").status_code == 404
