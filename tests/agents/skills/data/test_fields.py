from typing import Any

import pytest

from agents.skills.context import Context
from agents.skills.registry import dispatch
from agents.skills.template import fill
from maestro.errors import InvalidNodeInput

LEAD = {"email": "ada@example.com", "company": {"name": "Analytical"}, "phone": None}


async def test_pick_keeps_what_is_named_and_there(context: Context) -> None:
    fields = ["email", "company.name", "phone", "fax", "company.fax"]

    outcome = await dispatch("data", "pick", {**LEAD, "fields": fields}, context)

    assert outcome == (
        "success",
        {"email": "ada@example.com", "name": "Analytical", "phone": None},
    )


async def test_rename_moves_fields_and_passes_the_rest_on(context: Context) -> None:
    given: dict[str, Any] = {
        "lead": "Ada",
        "name": "old",
        "n": 1,
        "names": {"lead": "name", "absent": "x"},
    }

    assert (await dispatch("data", "rename", given, context)).output == {"name": "Ada", "n": 1}


async def test_template_fills_each_text(context: Context) -> None:
    templates = {"title": "{results} new, {ended} known", "to": "{company.name}"}
    given: dict[str, Any] = {**LEAD, "results": [{}, {}], "ended": 3, "templates": templates}

    output = (await dispatch("data", "template", given, context)).output

    assert output == {"title": "2 new, 3 known", "to": "Analytical"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{missing}|{company.missing.deep}|{phone}", "||"),
        ("{{email}} and {email}", "{email} and ada@example.com"),
        ("{company}", '{"name": "Analytical"}'),
        ("{rows.1.a}{rows.9.a}", "x"),
        ("{yes} {ratio}", "true 0.5"),
        ("{0.__class__} { email } {", "{0.__class__} { email } {"),
        ("{email!r} {email:>99}", "{email!r} {email:>99}"),
        ("%(email)s ${email} {{% now %}}", "%(email)s $ada@example.com {% now %}"),
        ("{email.__class__}", ""),
    ],
)
def test_only_plain_places_are_filled(text: str, filled: str) -> None:
    values = {**LEAD, "rows": [{}, {"a": "x"}], "yes": True, "ratio": 0.5}

    assert fill(text, values) == filled


def test_a_value_with_braces_is_not_filled_again() -> None:
    assert fill("{a}", {"a": "{b}", "b": "never"}) == "{b}"


def test_a_text_that_grows_without_end_is_refused() -> None:
    with pytest.raises(InvalidNodeInput):
        fill("{a}" * 100, {"a": "x" * 1000})
