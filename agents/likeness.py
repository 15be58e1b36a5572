"""How alike texts are, and which of many belong together. Pure, and bounded in what it costs."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from math import ceil

ALIKE = 0.8
SHINGLE = 3  # words
# Scripts without spaces have no words to find: each sign counts as one.
WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+")
SKETCH = 400  # of a longer text the smallest shingles stand for all: a fair sample
LOOKED_AT = 40  # candidates for each text: the work grows with the number of texts, not its square

Shingles = frozenset[int]


def shingles(text: str) -> Shingles:
    """Every run of three words, as numbers; case, spaces and punctuation do not count."""
    words = WORDS.findall(text.casefold())
    runs = {" ".join(words[n : n + SHINGLE]) for n in range(max(len(words) - SHINGLE + 1, 1))}
    return frozenset(sorted(map(_number, runs))[:SKETCH])


def likeness(one: Shingles, other: Shingles) -> float:
    """The Jaccard index: what they share of all they have, 0 to 1."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def families(texts: Mapping[str, str], *, at_least: float = ALIKE) -> list[list[str]]:
    """The keys whose texts are alike, directly or by others between them; singles are left out.

    Texts already in one family are not compared again.
    """
    parents = {key: key for key in texts}

    def root(key: str) -> str:
        while parents[key] != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key

    sets = {key: shingles(text) for key, text in texts.items()}
    for one, other in _candidates(sets, at_least):
        if root(one) != root(other) and likeness(sets[one], sets[other]) >= at_least:
            parents[root(one)] = root(other)
    found = defaultdict(list)
    for key in texts:
        found[root(key)].append(key)
    return [keys for keys in found.values() if len(keys) > 1]


def _candidates(sets: Mapping[str, Shingles], at_least: float) -> Iterator[tuple[str, str]]:
    """Pairs that could be alike, for each text those first that share most of its rarest shingles.

    Two sets with a Jaccard index of t share at least t of the larger one, so at least one of the
    |x| - ceil(t |x|) + 1 that come first in one common order (Chaudhuri, Ganti and Kaushik 2006).
    Rarest first, a phrase that many prompts share brings hardly any of them together.
    """
    often = Counter(number for found in sets.values() for number in found)
    holders: dict[int, list[str]] = defaultdict(list)
    for key, found in sets.items():
        rarest = sorted(found, key=lambda number: (often[number], number))
        beginning = rarest[: len(rarest) - ceil(at_least * len(rarest)) + 1]
        met: Counter[str] = Counter()
        for number in beginning:
            met.update(holders[number])
            holders[number].append(key)
        yield from ((key, other) for other, _ in met.most_common(LOOKED_AT))


def _number(run: str) -> int:
    return int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), "big")
