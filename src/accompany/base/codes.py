"""
What is a record called aloud?

A code such as `K7Q-2M9-4`: six characters of Crockford's base 32 that stand for a number, and a
seventh that checks them. Codes are drawn from one counter through a keyed permutation, so that none
meets another and none tells how many came before. They can be read over a telephone: the alphabet
has no I, L, O or U, and what is written for them is understood.

The check. Characters are elements of the field GF(2^5); a code is right if the sum of its
characters, each times its place's own power of a generator, is nought. Powers differ from place to
place, so every wrong character and every swap of two neighbours is found.
"""

import hashlib
import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CAPACITY = 1 << 30  # six characters of five bits

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_UNDERSTOOD = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
_SHAPE = re.compile(r"[0-9A-HJKMNP-TV-Z]{7}")
_HALF = 15
_HALF_MASK = (1 << _HALF) - 1
_ROUNDS = 4


def _powers_of_the_generator() -> list[int]:
    """Powers of x in GF(2^5) with x^5 = x^2 + 1, which runs through all 31 elements but nought."""
    power, powers = 1, []
    for _ in range(31):
        powers.append(power)
        power <<= 1
        if power & 0b100000:
            power ^= 0b100101
    return powers


_EXP = _powers_of_the_generator()
_LOG = {power: exponent for exponent, power in enumerate(_EXP)}


def _weighed(value: int, place: int) -> int:
    """`value` times the generator to the power of `place`, in GF(2^5)."""
    return _EXP[(_LOG[value] + place) % 31] if value else 0


# The check character's own weight is 1 (place 0); the six before it have places 1 to 6.
_WEIGHED = [[_weighed(value, 6 - place) for value in range(32)] for place in range(6)]


def code_of(number: int, key: bytes) -> str:
    """
    The code of the `number`-th record, seven characters without hyphens.

    `key` is the installation's key for codes, 32 bytes. Raises ValueError outside 0..2^30 - 1.
    """
    if not 0 <= number < CAPACITY:
        raise ValueError("a code has room for 2^30 records")
    return checked(_permuted(number, key))


def checked(number: int) -> str:
    """Six characters for 30 bits, and the seventh that checks them."""
    values = [(number >> (5 * (5 - place))) & 31 for place in range(6)]
    check = 0
    for place, value in enumerate(values):
        check ^= _WEIGHED[place][value]
    return "".join(ALPHABET[value] for value in (*values, check))


def _permuted(number: int, key: bytes) -> int:
    """A Feistel network of four rounds over halves of 15 bits: a permutation whatever the key."""
    left, right = number >> _HALF, number & _HALF_MASK
    for turn in range(_ROUNDS):
        mixed = hashlib.blake2b(bytes((turn, right >> 8, right & 255)), key=key, digest_size=2)
        left, right = right, left ^ (int.from_bytes(mixed.digest()) & _HALF_MASK)
    return (left << _HALF) | right


def understood(text: str) -> str | None:
    """The code that `text` means (hyphens, spaces, small letters, O for 0), or None."""
    code = text.upper().translate(_UNDERSTOOD)
    if not _SHAPE.fullmatch(code):
        return None
    total = _VALUE[code[6]]
    for place in range(6):
        total ^= _WEIGHED[place][_VALUE[code[place]]]
    return code if total == 0 else None


def shown(code: str) -> str:
    """The code as people read it: `K7Q-2M9-4`."""
    return f"{code[:3]}-{code[3:6]}-{code[6:]}"
