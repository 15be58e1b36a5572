"""The marks every page uses: an icon, a status, a kind. One table of each."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

STATUS_ICONS = {
    "queued": "schedule",
    "pending": "radio_button_unchecked",
    "running": "progress_activity",
    "waiting": "hourglass_top",
    "succeeded": "check_circle",
    "failed": "error",
    "cancelled": "block",
    "skipped": "skip_next",
    "needs_attention": "warning",
    "scheduled": "event_repeat",
    "idle": "bedtime",
    "paused": "pause_circle",
}
KIND_ICONS = {
    "deterministic": "bolt",
    "llm": "smart_toy",
    "map_over": "repeat",
    "branch": "alt_route",
    "gate": "person",
    "parallel": "call_split",
    "subscore": "account_tree",
    "loop": "redo",
}
TESTED = {  # a secret, where it is used
    "works": ("succeeded", "Works"),
    "refused": ("failed", "Refused"),
    "unreachable": ("waiting", "Not reachable"),
    "untestable": ("idle", "Cannot be tested"),
}
KIND_WORDS = {"deterministic": "code", "llm": "model", "map_over": "map over"}


def icon(name: str) -> SafeString:
    """A Material Symbol that says nothing the words beside it do not say."""
    return format_html(
        '<span class="material-symbols-outlined ms-i" aria-hidden="true">{}</span>', name
    )


def status(name: str, word: str = "", *, bare: bool = False) -> SafeString:
    """Icon and word; `bare` in tables, a chip elsewhere. Colour comes third."""
    text = word or name.replace("_", " ").capitalize()
    extra = " is-bare" if bare else ""
    mark = icon(STATUS_ICONS.get(name, "help"))
    return format_html('<span class="ms-status is-{}{}">{}{}</span>', name, extra, mark, text)


def tested(outcome: str | None, *, bare: bool = False) -> SafeString:
    """What came of a secret's last test; nothing where there was none."""
    if outcome is None:
        return SafeString("")
    name, word = TESTED[outcome]
    return status(name, word, bare=bare)


def kind(name: str, glyph: str = "") -> SafeString:
    """The tile of a node's kind; `name` is the subkind for controls."""
    family = name if name in ("deterministic", "llm") else "control"
    mark = icon(glyph or KIND_ICONS.get(name, "help"))
    word = KIND_WORDS.get(name, name)
    return format_html('<span class="ms-kind is-{}" title="{}">{}</span>', family, word, mark)
