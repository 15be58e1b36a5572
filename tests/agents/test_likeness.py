"""How alike texts are."""

import random

import pytest

from agents.likeness import ALIKE, families, likeness, shingles

WORDS = [f"word{number}" for number in range(500)]
PROMPT = " ".join(random.Random(1).choices(WORDS, k=200))


def alike(one: str, other: str) -> float:
    return likeness(shingles(one), shingles(other))


def changed(text: str, places: int, seed: int = 1) -> str:
    words, chosen = text.split(), random.Random(seed)
    for place in chosen.sample(range(len(words)), places):
        words[place] = f"other{place}"
    return " ".join(words)


def test_case_spaces_and_punctuation_do_not_count() -> None:
    assert alike("Sort the replies: now!", "sort  the\nreplies now") == 1


def test_the_likeness_is_what_is_shared_of_all_runs_of_three_words() -> None:
    assert alike("a b c d", "a b c e") == pytest.approx(1 / 3)
    assert alike("a b c", "x y z") == 0
    assert alike("", "") == 1


def test_texts_without_spaces_are_compared_by_their_signs() -> None:
    assert 0 < alike("返信を読んで分類してください", "返信を読んで要約してください") < 1


def test_texts_are_put_together_with_those_nearly_the_same() -> None:
    texts = {
        "a": PROMPT,
        "b": changed(PROMPT, 3),
        "c": changed(PROMPT, 60),
        "d": "Something else.",
        "e": "Something  else",
    }

    assert sorted(map(sorted, families(texts))) == [["a", "b"], ["d", "e"]]


def test_a_family_may_hang_together_by_what_lies_between() -> None:
    steps = [PROMPT]
    for seed in range(3):
        steps.append(changed(steps[-1], 5, seed))
    assert alike(steps[0], steps[-1]) < ALIKE

    assert families({str(n): text for n, text in enumerate(steps)}) == [["0", "1", "2", "3"]]


def test_what_many_share_brings_nobody_together() -> None:
    texts = {str(n): PROMPT[:400] + " ".join(f"{n}x{m}" for m in range(200)) for n in range(60)}

    assert families(texts) == []


@pytest.mark.parametrize("seed", range(5))
def test_nothing_that_is_alike_is_missed_among_few(seed: int) -> None:
    chosen = random.Random(seed)
    texts = {str(n): changed(PROMPT, chosen.randrange(40), chosen.randrange(9)) for n in range(25)}

    found = families(texts)

    together = {frozenset((one, other)) for keys in found for one in keys for other in keys}
    for one in texts:
        for other in texts:
            if alike(texts[one], texts[other]) >= ALIKE:
                assert frozenset((one, other)) in together or one == other


def test_a_thousand_texts_are_compared_with_few_of_each_other() -> None:
    texts = {str(n): changed(PROMPT, 1, n) for n in range(1000)}

    assert [len(keys) for keys in families(texts)] == [1000]
