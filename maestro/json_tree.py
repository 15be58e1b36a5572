"""JSON as a tree that opens and closes without script, cut where it would be too long to read."""

from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MAX_ENTRIES = 400
MAX_TEXT = 4_000
MAX_DEPTH = 12
OPEN_DEPTH = 2
OPEN_ENTRIES = 12


def json_tree(value: object) -> SafeString:
    """The value as HTML; every text in it is escaped."""
    tree = _Tree()
    html = "".join(tree.render(value, "", 0))
    more = '<div class="c">Cut here. Raw has all of it.</div>' if tree.left <= 0 else ""
    return mark_safe(f'<div class="ms-json">{html}{more}</div>')


def is_cut(value: object) -> bool:
    """Whether the tree leaves something out."""
    tree = _Tree()
    list(tree.render(value, "", 0))
    return tree.left <= 0


class _Tree:
    """One rendering: `left` counts down the entries that may still be shown."""

    def __init__(self) -> None:
        self.left = MAX_ENTRIES

    def render(self, value: object, name: str, depth: int) -> Iterator[str]:
        self.left -= 1
        if isinstance(value, dict | list) and value and depth < MAX_DEPTH:
            yield from self._branch(value, name, depth)
        else:
            yield f'<div class="v">{_key(name)}{self._leaf(value)}</div>'

    def _branch(
        self, value: dict[str, object] | list[object], name: str, depth: int
    ) -> Iterator[str]:
        is_open = depth < OPEN_DEPTH and (depth == 0 or len(value) <= OPEN_ENTRIES)
        word = f"{{ {len(value)} }}" if isinstance(value, dict) else f"[ {len(value)} ]"
        yield f"<details{' open' if is_open else ''}><summary>{_key(name)}"
        yield f'<span class="c">{word}</span></summary><div>'
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            if self.left <= 0:
                break
            yield from self.render(inner, str(key), depth + 1)
        yield "</div></details>"

    def _leaf(self, value: object) -> str:
        if isinstance(value, str):
            text = value
            if len(text) > MAX_TEXT:
                text, self.left = text[:MAX_TEXT] + "…", 0
            return f'<span class="s">&quot;{escape(text)}&quot;</span>'
        if isinstance(value, bool) or value is None:
            return f'<span class="m">{ {True: "true", False: "false", None: "null"}[value] }</span>'
        if isinstance(value, dict | list):
            empty = len(value) == 0
            return f'<span class="c">{("{ }" if isinstance(value, dict) else "[ ]") if empty else "…"}</span>'
        return f'<span class="m">{escape(str(value))}</span>'


def _key(name: str) -> str:
    return f'<span class="k">{escape(name)}</span> ' if name else ""
