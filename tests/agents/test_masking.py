import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest

from agents.masking import Mask

VALUE = 'p@ss "word"/ü+8'


@pytest.fixture
def mask() -> Mask:
    return Mask({"key": VALUE})


@pytest.mark.parametrize(
    "said",
    [
        VALUE,
        json.dumps(VALUE),
        json.dumps({"key": VALUE}, ensure_ascii=False),
        quote(VALUE),
        quote(VALUE, safe=""),
        quote_plus(VALUE),
        base64.b64encode(VALUE.encode()).decode(),
        base64.urlsafe_b64encode(VALUE.encode()).decode(),
        VALUE.encode().hex(),
        VALUE.encode().hex().upper(),
        html.escape(VALUE),
    ],
)
def test_each_form_of_a_value_is_taken_out(mask: Mask, said: str) -> None:
    masked = mask.apply(f"before {said} after")

    assert masked.startswith("before ") and masked.endswith(" after")
    assert "[secret key]" in masked
    assert len(masked) <= len("before  after") + len('{"key": "[secret key]"}')


@pytest.mark.parametrize("user", ["a", "ab", "abc", "abcd"])
def test_a_value_is_found_inside_the_base64_of_a_longer_text(mask: Mask, user: str) -> None:
    encoded = base64.b64encode(f"{user}:{VALUE}!!".encode()).decode()

    masked = mask.apply(f"Basic {encoded}")

    assert "[secret key]" in masked
    assert len(masked) < len("Basic ") + 16 + len("[secret key]")


def test_it_goes_through_objects_their_names_and_lists(mask: Mask) -> None:
    masked = mask.apply({"a": [{VALUE: VALUE}, 1, None, True]})

    assert masked == {"a": [{"[secret key]": "[secret key]"}, 1, None, True]}


def test_a_json_secret_is_masked_part_by_part() -> None:
    secret = {"client_secret": "GOCSPX-canary", "token_uri": "https://a.example/token", "n": 1}
    mask = Mask({"gmail_oauth": json.dumps(secret)})

    said = "https://a.example/token refused GOCSPX-canary"
    assert mask.apply(said) == "https://a.example/token refused [secret gmail_oauth]"


def test_a_secret_cut_off_at_the_end_of_a_text_is_masked_where_texts_are_cut(mask: Mask) -> None:
    assert mask.apply(f"said {VALUE[:9]}", cut=True) == "said [secret key]"
    assert mask.apply(f"said {VALUE[:7]}", cut=True) == f"said {VALUE[:7]}"
    assert mask.apply(f"said {VALUE[:9]}") == f"said {VALUE[:9]}"


def test_a_longer_secret_that_begins_with_another_is_taken_out_whole() -> None:
    mask = Mask({"short": "abcdefgh", "long": "abcdefgh-ijkl"})

    assert mask.apply("abcdefgh-ijkl abcdefgh") == "[secret long] [secret short]"


def test_with_no_secrets_nothing_changes() -> None:
    assert Mask({}).apply({"a": ["x", ""]}) == {"a": ["x", ""]}
