"""Agents of a workspace that say the same, or nearly: what keeping one of each would save."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agents.likeness import families, likeness, shingles
from agents.models import Agent
from maestro.workspaces.models import Workspace

PLAYED = ("system_prompt", "model", "allowed_tools", "output_schema", "parameters")


@dataclass(frozen=True)
class Duplicate:
    """An agent beside the one to keep: how alike the prompts are (1: word for word), and which
    other settings differ."""

    agent: Agent
    likeness: float
    differs: list[str]

    @property
    def is_identical(self) -> bool:
        return not self.differs and self.likeness == 1


@dataclass(frozen=True)
class Family:
    """Agents of one prompt; `keep` is the one that most nodes play, of equals the oldest."""

    keep: Agent
    duplicates: list[Duplicate]

    @property
    def nodes(self) -> int:
        """How many nodes a merge would hand over."""
        return sum(one.agent.node_count for one in self.duplicates)

    @property
    def prompt_lines(self) -> int:
        """How many lines of prompts would no longer need anybody's care."""
        return sum(len(one.agent.system_prompt.splitlines()) for one in self.duplicates)


def find_duplicates(workspace: Workspace) -> list[Family]:
    """Every family, that with the most lines to save first. One query."""
    same: dict[str, list[Agent]] = defaultdict(list)
    for agent in Agent.objects.in_workspace(workspace).with_use().order_by("created_at", "pk"):
        same[_sha256(agent.system_prompt)].append(agent)
    alike = families({digest: agents[0].system_prompt for digest, agents in same.items()})
    alone = same.keys() - {digest for digests in alike for digest in digests}
    groups = [[agent for digest in digests for agent in same[digest]] for digests in alike]
    groups += [same[digest] for digest in alone if len(same[digest]) > 1]
    found = [_family(group) for group in groups]
    return sorted(found, key=lambda family: (-family.prompt_lines, family.keep.pk))


def fingerprint(content: Mapping[str, Any]) -> str:
    """Equal for agents that a run could not tell apart, whatever they are called."""
    played = {name: content.get(name) or None for name in PLAYED}
    return _sha256(json.dumps(played, sort_keys=True))


def _family(agents: Iterable[Agent]) -> Family:
    keep, *others = sorted(agents, key=lambda one: (-one.node_count, one.created_at, one.pk))
    return Family(keep, [_duplicate(keep, other) for other in others])


def _duplicate(keep: Agent, other: Agent) -> Duplicate:
    same = keep.system_prompt == other.system_prompt
    alike = likeness(shingles(keep.system_prompt), shingles(other.system_prompt))
    settings = [name for name in PLAYED if name != "system_prompt"]
    return Duplicate(
        agent=other,
        # Prompts that differ in case or punctuation only are alike, but not word for word.
        likeness=1.0 if same else min(alike, 0.999),
        differs=[
            name
            for name in settings
            if (getattr(keep, name) or None) != (getattr(other, name) or None)
        ],
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
