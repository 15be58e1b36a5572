"""Ids: a readable prefix and a time-ordered body (`run_01kakd7w3fq8m2zn4c5t`)."""

import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
TIME_DIGITS = 10  # 50 bits of milliseconds: until the year 37000
RANDOM_DIGITS = 10  # five random bits each


def new_id(prefix: str) -> str:
    """`prefix`_ and 20 digits; ids made later sort later (to the millisecond)."""
    moment = _digits(time.time_ns() // 1_000_000, TIME_DIGITS)
    return f"{prefix}_{moment}{_digits(secrets.randbits(RANDOM_DIGITS * 5), RANDOM_DIGITS)}"


def _digits(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, rest = divmod(number, 32)
        digits = ALPHABET[rest] + digits
    return digits
