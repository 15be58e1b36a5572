from maestro.json_tree import MAX_ENTRIES, json_tree


def test_texts_and_keys_are_escaped() -> None:
    html = json_tree({"<b>": "<script>alert(1)</script>"})
    assert "<script>" not in html
    assert "&lt;b&gt;" in html


def test_a_long_list_and_a_long_text_are_cut_and_say_so() -> None:
    for value in (list(range(10 * MAX_ENTRIES)), {"text": "x" * 1_000_000}):
        html = json_tree(value)
        assert len(html) < 100_000
        assert "Raw has all of it" in html


def test_a_value_nested_deeper_than_python_recurses_is_cut() -> None:
    value: object = 1
    for _ in range(5000):
        value = [value]
    assert "…" in json_tree(value)


def test_every_kind_of_value_is_told_apart() -> None:
    html = json_tree({"a": None, "b": True, "c": 1.5, "d": "1.5", "e": [], "f": {}})
    for shown in ("null", "true", ">1.5<", "&quot;1.5&quot;", "[ ]", "{ }"):
        assert shown in html
