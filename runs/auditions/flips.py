"""Which nodes behind an answer would end otherwise. Pure but for what operations say of their effect."""

from collections.abc import Iterator, Mapping

from agents.skills import registry
from agents.skills.operation import Effect
from maestro.errors import UnknownOperation
from scores.document import GraphDocument, NodeDocument

from .ends import JSON, End, Place

NOT_PLAYED = "not played"
ABSENT = ("skipped", NOT_PLAYED)


def flips_of(
    document: GraphDocument, before: Mapping[Place, End], after: Mapping[Place, End], place: Place
) -> list[JSON]:
    """In the graph's order: {"node", "iteration", "kind", "what", "before", "after"}.

    `what` is "port" for a node that leaves by another one or fails, "played" for one that plays in
    one of the two walks only, "write" for a change outside that would be made otherwise.
    """
    if place not in after:
        return []
    return [
        {"node": node.key, "iteration": here[1], "kind": _kind(node), **told}
        for node in document.nodes
        for here in sorted({h for h in {*before, *after} if h[0] == node.key})
        if (told := _flip(node, before.get(here), after.get(here)))
    ]


def ends_of(before: Mapping[Place, End], place: Place) -> JSON:
    """By node the word of its end, of those that are played once for the answer at `place`."""
    _, iteration = place
    return {
        key: end.word
        for (key, path), end in before.items()
        if f"{iteration}/".startswith(f"{path}/") or not path
    }


def _flip(node: NodeDocument, before: End | None, after: End | None) -> JSON | None:
    was, is_now = _word(before), _word(after)
    if was == is_now:
        if before and after and was not in ABSENT and _writes_otherwise(node, before, after):
            return {"what": "write", "before": was, "after": "other input"}
        return None
    if was in ABSENT and is_now in ABSENT:
        return None
    what = "played" if was in ABSENT or is_now in ABSENT else "port"
    return {"what": what, "before": was, "after": is_now}


def _writes_otherwise(node: NodeDocument, before: End, after: End) -> bool:
    """Whether it would be called with other arguments; what it does not declare it is not given."""
    if not _writes(node):
        return False
    operation = registry.find(node.skill, node.operation)
    then, now = (operation.arguments(end.given or {}) for end in (before, after))
    return then != now


def _word(end: End | None) -> str:
    return end.word if end else NOT_PLAYED


def _kind(node: NodeDocument) -> str:
    return node.subkind or ("write" if _writes(node) else node.kind)


def _writes(node: NodeDocument) -> bool:
    if node.kind != "deterministic":
        return False
    try:
        effect = registry.find(node.skill, node.operation).effect
    except UnknownOperation:
        return False
    return effect in (Effect.WRITE, Effect.LOCAL)


def after_flips(ends: JSON, flips: list[JSON]) -> Iterator[tuple[str, str]]:
    """The ends as they would be: (node, word)."""
    changed = {flip["node"]: flip["after"] for flip in flips if flip["what"] != "write"}
    for node in dict.fromkeys([*ends, *changed]):
        yield node, str(changed.get(node) or ends.get(node) or NOT_PLAYED)
