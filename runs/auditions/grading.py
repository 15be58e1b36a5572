"""Does an answer hold what was declared? Pure."""

from collections.abc import Sequence
from typing import Any

from .declared import Contains, CostBelow, Equal, FieldEqual, Grader, in_words
from .fields import MISSING, field_of, texts_of

JSON = dict[str, Any]


def grade(graders: Sequence[Grader], old: JSON, new: JSON) -> list[bool]:
    """Of one row, grader by grader. `old` and `new` as `AuditionRow` keeps them."""
    return [_holds(grader, old, new) for grader in graders]


def verdicts(graders: Sequence[Grader], rows: Sequence[Sequence[bool]]) -> list[JSON]:
    """Of all rows played: {"grader", "held", "of", "passed"} for each grader."""
    told = []
    for number, grader in enumerate(graders):
        held, of = sum(row[number] for row in rows), len(rows)
        passed = of > 0 and held >= grader.share * of
        told.append({"grader": in_words(grader), "held": held, "of": of, "passed": passed})
    return told


def _holds(grader: Grader, old: JSON, new: JSON) -> bool:
    output = new["output"]
    if isinstance(grader, CostBelow):
        return int(new["cost_microdollars"]) < grader.microdollars
    if output is None:
        return False
    match grader:
        case Equal():
            return bool(output == old["output"])
        case Contains():
            inside = output if grader.field is None else field_of(output, grader.field)
            told = [] if inside is MISSING else texts_of(inside)
            return any(grader.text.casefold() in text.casefold() for text in told)
        case FieldEqual():
            return _is_value(grader, old["output"] or {}, field_of(output, grader.field))
    return True  # SchemaValid: what does not fit is no output


def _is_value(grader: FieldEqual, old: JSON, found: object) -> bool:
    if not grader.has_value:
        return found is not MISSING and found == field_of(old, grader.field)
    wanted = grader.value
    if isinstance(wanted, str) and not isinstance(found, str | dict | list):
        return str(found).casefold() == wanted.casefold()  # the command line knows texts only
    return type(found) is type(wanted) and found == wanted
