"""What an edge carries, and how a node's input comes together."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scores.transform import carry, merge

names = st.sampled_from(["a", "b", "c", "d"])
values = st.recursive(
    st.integers() | st.text(max_size=3),
    lambda inner: st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
outputs = st.dictionaries(names, values, max_size=4)
paths = st.lists(names, min_size=1, max_size=3).map(".".join)
transforms = st.dictionaries(paths, paths, max_size=4)


@pytest.mark.parametrize(
    ("output", "transform", "carried"),
    [
        ({"a": 1}, None, {"a": 1}),
        ({"from_email": "e", "id": 1}, {"from_email": "email"}, {"email": "e", "id": 1}),
        ({"person": {"email": "e"}}, {"person.email": "to"}, {"person": {"email": "e"}, "to": "e"}),
        ({"subject": "s"}, {"subject": "payload.subject"}, {"payload": {"subject": "s"}}),
        (
            {"payload": {"kept": 1}, "subject": "s"},
            {"subject": "payload.subject"},
            {"payload": {"kept": 1, "subject": "s"}},
        ),
        ({"payload": 1, "s": 2}, {"s": "payload.s"}, {"payload": {"s": 2}}),
        ({"a": 1, "b": 2}, {"a": "b", "b": "a"}, {"a": 2, "b": 1}),
        ({"a": 1, "b": 2}, {"a": "c", "b": "c"}, {"c": 2}),
        ({"email": "kept"}, {"missing": "email"}, {"email": "kept"}),
        ({"a": [{"b": 1}]}, {"a.b": "c"}, {"a": [{"b": 1}]}),
        ({"a": None}, {"a": "b"}, {"b": None}),
        ({"a": 1}, {"a": "a.b"}, {"a": {"b": 1}}),
    ],
)
def test_an_edge_carries_every_field_by_name_then_renames(
    output: dict[str, Any], transform: dict[str, str] | None, carried: dict[str, Any]
) -> None:
    assert carry(output, transform) == carried


@given(outputs, transforms)
def test_carrying_never_changes_the_output_it_reads(
    output: dict[str, Any], transform: dict[str, str]
) -> None:
    before = copy.deepcopy(output)

    carried = carry(output, transform)
    carried["new"] = 1

    assert output == before


@given(outputs, st.dictionaries(names, st.sampled_from(["x", "y", "z"])))
def test_top_level_renames_move_each_field_to_its_latest_target(
    output: dict[str, Any], transform: dict[str, str]
) -> None:
    expected = {name: value for name, value in output.items() if name not in transform}
    expected |= {new: output[old] for old, new in transform.items() if old in output}

    assert carry(output, transform) == expected


@given(outputs, transforms)
def test_fields_no_transform_names_arrive_as_they_left(
    output: dict[str, Any], transform: dict[str, str]
) -> None:
    touched = set(transform) | {target.split(".")[0] for target in transform.values()}

    carried = carry(output, transform)

    untouched = output.keys() - touched
    assert {name: carried[name] for name in untouched} == {name: output[name] for name in untouched}


@given(outputs, transforms, paths)
def test_a_renamed_value_is_found_at_its_target(
    output: dict[str, Any], transform: dict[str, str], target: str
) -> None:
    carried = carry(output | {"source": 7}, transform | {"source": target})

    found: Any = carried
    for name in target.split("."):
        found = found[name]
    assert found == 7


@given(outputs, st.lists(outputs, max_size=3))
def test_a_field_comes_from_the_last_edge_that_has_it_else_from_the_params(
    params: dict[str, Any], carried: list[dict[str, Any]]
) -> None:
    before = copy.deepcopy((params, carried))

    merged = merge(params, carried)

    assert merged.keys() == params.keys() | {name for fields in carried for name in fields}
    for name, value in merged.items():
        holders = [fields for fields in (params, *carried) if name in fields]
        assert value == holders[-1][name]
    assert (params, carried) == before
