"""`manage.py import_score`: an old score, whose LLM nodes carry their prompts inline."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from maestro.errors import InvalidInput, MaestroError
from maestro.management.workspace import AUTHOR, add_workspace, find_workspace
from scores.actions import ScoreFields, promote_score

JSON = dict[str, Any]


class Command(BaseCommand):
    """What `POST /promotions` does, from a file: a new score, and an agent for each inline prompt."""

    help = "Import an old score: its inline prompts become agents, or are linked to identical ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help='JSON: {"name": "…", "graph": {"nodes": [], "edges": []}}'
        )
        parser.add_argument(
            "--name", help="of the score; default: as in the file, or the file's name"
        )
        add_workspace(parser)

    def handle(
        self, *, file: Path, name: str | None, workspace: str | None, **options: object
    ) -> None:
        home = find_workspace(workspace)
        try:
            fields, graph = _read(file, name)
            promoted = promote_score(home, fields, graph, author=AUTHOR)
        except MaestroError as refusal:
            raise CommandError(_told(refusal)) from None
        score = promoted.saved.score
        self.stdout.write(f"created: score {score.slug} ({score.pk})")
        for word, agents in (("created", promoted.created), ("linked", promoted.reused)):
            for node, agent in agents.items():
                self.stdout.write(f"{word}: agent {agent.slug} ({agent.pk}) for {node}")


def _read(file: Path, name: str | None) -> tuple[ScoreFields, JSON]:
    """The score's words and its graph, which may be the whole file."""
    try:
        written = json.loads(file.read_text())
    except OSError as fault:
        raise InvalidInput(f"{file} cannot be read: {fault.strerror}") from None
    except ValueError as fault:
        raise InvalidInput(f"{file} is not JSON: {fault}") from None
    if not isinstance(written, dict):
        raise InvalidInput(f"{file} holds no object")
    words = {key: written[key] for key in ("name", "slug", "description") if key in written}
    graph = written.get(
        "graph", {key: written[key] for key in ("nodes", "edges") if key in written}
    )
    words["name"] = name or words.get("name") or file.stem
    if not isinstance(graph, dict) or not all(isinstance(word, str) for word in words.values()):
        raise InvalidInput(f'{file}: write {{"name": "…", "graph": {{"nodes": [], "edges": []}}}}')
    return ScoreFields(**words), graph  # type: ignore[typeddict-item]


def _told(refusal: MaestroError) -> str:
    faults = refusal.details.get("errors")
    more = [f"  {fault.get('message')}" for fault in faults] if isinstance(faults, list) else []
    return "\n".join([refusal.message, *more])
