"""Selects of which a page has many alike: each is drawn with what is chosen, the page has their options once."""

from collections.abc import Iterable, Sequence
from typing import Any

from unfold.widgets import UnfoldAdminSelectWidget

Choice = tuple[str, Any]  # a value and its label, or a group's label and its choices


class LateSelect(UnfoldAdminSelectWidget):
    """Filled by `late_options.js` when it is entered, from the page's `<template id="options-…">`."""

    class Media:
        js = ["maestro/late_options.js"]

    def __init__(self, options: str) -> None:
        super().__init__({"data-options": f"options-{options}"})

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> list[Any]:
        """What is chosen, and the way to choose nothing."""
        every = [one for _, group, _ in super().optgroups(name, value, attrs) for one in group]
        drawn = [one for one in every if one["selected"] or one["value"] == ""]
        return [(None, drawn, 0)]


def grouped(choices: Iterable[Choice]) -> list[tuple[str, Sequence[tuple[str, str]]]]:
    """Choices as a template draws them: each in a group, whose label may be empty."""
    return [
        (first, second) if isinstance(second, list) else ("", [(first, second)])
        for first, second in choices
    ]
