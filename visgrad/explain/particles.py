"""Korean particles that depend on the sound before them: texts say `은(는)`, a reader sees the one that fits.

After Hangul and digits the sound is known; after Latin letters both forms stay, as Korean texts about code write them.
"""

from __future__ import annotations

import re

CLOSED_DIGITS = frozenset("013678")
"""Digits whose Korean names end in a consonant: 영 일 삼 육 칠 팔."""

_PARTICLE = re.compile(r"([가-힣0-9])(['’”\])]*)(은\(는\)|이\(가\)|을\(를\)|과\(와\)|와\(과\)|\(이\)라)")

FORMS = {
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "과(와)": ("과", "와"),
    "와(과)": ("과", "와"),
    "(이)라": ("이라", "라"),
}
"""(after a consonant, after a vowel)."""


def settled(text: str) -> str:
    """The text with each particle in the form that fits what stands before it."""
    return _PARTICLE.sub(lambda found: found[1] + found[2] + FORMS[found[3]][not _closed(found[1])], text)


def _closed(character: str) -> bool:
    if character.isdigit():
        return character in CLOSED_DIGITS
    return (ord(character) - ord("가")) % 28 != 0
