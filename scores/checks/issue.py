"""One thing wrong with a graph, said so that a person can mend it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from scores.document import JSON, EdgeDocument, NodeDocument


@dataclass(frozen=True)
class Words:
    """A sentence and what stands at its places. `{setting}` is a field of the graph document, `{kind}`
    a node's kind: a form says both by its labels, so that no reader has to know them in a sentence."""

    template: str
    params: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.template.format(**self.params) if self.params else self.template


def words(template: str, **params: str) -> Words:
    """`words("{node} needs {setting}", node="look", setting="agent_id")`; without params a plain text."""
    return Words(template, params)


@dataclass(frozen=True)
class Issue:
    """An error stops a save, a warning does not; `code` is stable, `message` names the place."""

    level: Literal["error", "warning"]
    code: str
    words: Words
    node: str | None = None
    edge: EdgeDocument | None = None

    @property
    def message(self) -> str:
        return str(self.words)

    def as_json(self) -> JSON:
        """Wire form; an edge is named by its four ends."""
        return {
            "level": self.level,
            "code": self.code,
            "message": self.message,
            "template": self.words.template if self.words.params else None,
            "params": dict(self.words.params),
            "node": self.node,
            "edge": self.edge.ends() if self.edge else None,
        }


def error(code: str, message: str | Words, at: NodeDocument | EdgeDocument | None = None) -> Issue:
    """An error at a node, an edge or the whole graph."""
    return _issue("error", code, message, at)


def warning(
    code: str, message: str | Words, at: NodeDocument | EdgeDocument | None = None
) -> Issue:
    """A warning at a node, an edge or the whole graph."""
    return _issue("warning", code, message, at)


def listing(keys: Sequence[str], most: int = 5) -> str:
    """`a, b and c`; of many the first ones and how many more."""
    shown = [*keys[:most], *([f"{len(keys) - most} more"] if len(keys) > most else [])]
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean success?`, or nothing where none is near."""
    near = get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _issue(
    level: Literal["error", "warning"],
    code: str,
    message: str | Words,
    at: NodeDocument | EdgeDocument | None,
) -> Issue:
    node = at.key if isinstance(at, NodeDocument) else None
    said = message if isinstance(message, Words) else Words(message)
    return Issue(level, code, said, node, at if isinstance(at, EdgeDocument) else None)
