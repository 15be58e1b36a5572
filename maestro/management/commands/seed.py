"""`manage.py seed`: what ships with Maestro, put in once and kept up to date until edited."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.db.models import Model

from agents.seeding import seed_pipeline, seed_prices
from agents.skills.pipeline.models import Pipeline
from maestro.workspaces.models import Workspace
from orchestras.models import Orchestra
from orchestras.seeding import SHIPPED, seed_orchestra
from scores.models import Score
from scores.seeding import seed_template, shipped_templates

WORKSPACE_ID = "ws_main"
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('maestro.seed'))"


class Command(BaseCommand):
    """Idempotent and in one transaction. What somebody edited or deleted stays so."""

    help = "Put in the shipped workspace, prices, pipeline, score templates and orchestras."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        self.verbosity = options["verbosity"]
        with connection.cursor() as cursor:
            cursor.execute(ONE_AT_A_TIME)
        self._say(f"{seed_prices()} new model prices")
        workspace = self._workspace()
        if workspace is None:
            self._say("The shipped workspace was removed; nothing else to do.")
            return
        if self._is_wanted(Pipeline, "pl_outreach", workspace):
            self._say(f"pipeline {seed_pipeline(workspace)}")
        for slug in shipped_templates():
            score = self._template(workspace, slug)
            if score and slug in SHIPPED and self._is_wanted(Orchestra, f"or_{slug}", workspace):
                orchestra = seed_orchestra(workspace, score, slug)
                self._say(f"orchestra {orchestra}, next fire {orchestra.next_fire_at or 'none'}")
        workspace.save(update_fields=["settings"])

    def _workspace(self) -> Workspace | None:
        """The shipped workspace; None when it was removed and others are there."""
        existing = Workspace.objects.filter(pk=WORKSPACE_ID).first()
        if existing or Workspace.objects.exists():
            return existing
        self._say("workspace Main")
        return Workspace.objects.create(
            id=WORKSPACE_ID, name="Main", slug="main", settings={"env_secrets": True}
        )

    def _template(self, workspace: Workspace, slug: str) -> Score | None:
        if not self._is_wanted(Score, f"sc_{slug}", workspace):
            return None
        score = seed_template(workspace, slug)
        self._say(f"score template {score}, version {score.version}")
        return score

    def _is_wanted(self, model: type[Model], pk: str, workspace: Workspace) -> bool:
        """Whether it is there, or was never put in: what somebody deleted is not put in again."""
        seeded = workspace.settings.setdefault("seeded", [])
        if pk in seeded:
            return model._default_manager.filter(pk=pk, workspace=workspace).exists()
        seeded.append(pk)
        return True

    def _say(self, line: str) -> None:
        if self.verbosity:
            self.stdout.write(line)
