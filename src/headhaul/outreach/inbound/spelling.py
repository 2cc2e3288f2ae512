"""Words as they are meant: one spelling for what people type in a hundred ways, so that rules need only one."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

_ENDS = re.compile(r"[.!?;\n…]+(?=\s|$)|\n+|[;!?…]+| - |—|–")
_TOKEN = re.compile(r"[a-z0-9@$'.#&_+-]{0,60}[a-z0-9@$]|[🛑🚫✋🖕👎]")
_SPELLED = re.compile(r"\b(?:[a-z][ .\-_*]{1,2}){2,}[a-z]\b")
_LEET = str.maketrans("013457$@", "oieastsa")
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": " ", "”": " ", '"': " ", "\u200b": "", "\ufeff": ""}
)
_VOWELS = str.maketrans("aeiou", "*****")


def sentences(text: str) -> list[str]:
    """The sentences, lower case, each word in one spelling, without punctuation."""
    plain = _plain(text)
    found = (_sentence(part) for part in _ENDS.split(plain))
    return [sentence for sentence in found if sentence]


def keyword_form(text: str) -> str:
    """A text as keywords are compared: capitals, punctuation and spaces around do not matter."""
    return " ".join(re.findall(r"[a-z0-9]+", _plain(text)))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.translate(_QUOTES)).casefold()
    return "".join(char for char in folded if not unicodedata.combining(char))


def _sentence(part: str) -> str:
    joined = _SPELLED.sub(lambda found: _together(found[0]), part)
    words = [_word(token) for token in _TOKEN.findall(joined)]
    line = " ".join(word for word in words if word)
    for phrase, meant in _data()["phrases"].items():
        line = re.sub(rf"\b{re.escape(phrase)}\b", meant, line)
    return line


def _together(letters: str) -> str:
    """s t o p → stop, unless the letters are words of their own (i, a, u)."""
    joined = re.sub(r"[^a-z]", "", letters)
    return joined if joined in _known() or _spelt(joined) else letters


def _word(token: str) -> str:
    token = token.strip(".'-_+#&")
    if "@" in token[1:] and "." in token:
        return "@"
    for form in dict.fromkeys((token, _squeezed(token), token.translate(_LEET))):
        if meant := _spelt(form):
            return meant
    if (once := _squeezed(token, to=1)) in _known():
        return once
    return token.replace("'", "").replace("-", " ").replace(".", " ").strip()


def _spelt(token: str) -> str:
    """What the table or the nearest lexeme says; "" when neither knows."""
    data = _data()
    if token in data["words"]:
        return str(data["words"][token])
    if token in _known() or token in data["lexemes"]["keep"]:
        return token
    if len(token) >= 8 and token.startswith("un") and _distance(token, "unsubscribe") <= 3:
        return "unsubscribe"
    if len(token) < 5:
        return ""
    return next((word for word in data["lexemes"]["near"] if _is_near(token, word)), "")


def _squeezed(token: str, *, to: int = 2) -> str:
    return re.sub(r"(.)\1{1,}" if to == 1 else r"(.)\1{2,}", r"\1" * to, token)


def _is_near(token: str, word: str) -> bool:
    """One letter swapped with its neighbour, dropped or doubled, or a wrong vowel; never the first one."""
    if token[0] != word[0] or abs(len(token) - len(word)) > 1:
        return False
    if len(token) == len(word):
        if token.translate(_VOWELS) == word.translate(_VOWELS):
            return sum(a != b for a, b in zip(token, word, strict=True)) == 1
        wrong = [place for place, (a, b) in enumerate(zip(token, word, strict=True)) if a != b]
        return len(wrong) == 2 and wrong[1] == wrong[0] + 1 and token[wrong[0]] == word[wrong[1]]
    if len(token) < len(word):
        return any(word[:place] + word[place + 1 :] == token for place in range(1, len(word)))
    return any(
        token[:place] + token[place + 1 :] == word and token[place] == token[place - 1]
        for place in range(1, len(token))
    )


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for number, a in enumerate(one, start=1):
        before, row = row, [number]
        for place, b in enumerate(other, start=1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (a != b)))
    return row[-1]


@cache
def _known() -> frozenset[str]:
    lexemes = _data()["lexemes"]
    short = {"stop", "quit", "end", "cease", "unsub", "desist", "remove", "cancel", "optout", "stopall", "revoke"}
    return frozenset({*lexemes["near"], *lexemes["loose"], *short})


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("headhaul.outreach.inbound").joinpath("data/spellings.toml").read_text(encoding="utf-8"))
