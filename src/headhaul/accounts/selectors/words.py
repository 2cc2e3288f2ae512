"""What somebody typed to find something by: a number, an address, the words of a name in any order, or nearly those."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import transaction

from headhaul.accounts.selectors.pages import Rows, fetch
from headhaul.accounts.selectors.scoping import literal
from headhaul.kernel.addresses import domain_of, email_key, phone_key

SHORT = 3  # below this a trigram index has nothing to hold on to, so such words are taken as beginnings of words
LETTERS = 4  # fewer are no name with a typo
ALIKE = 0.4  # of the trigrams: each wrong letter touches three, so 0.4 leaves two typos in nine letters and one in four
Given = tuple[str, list[str]]  # a condition and its parameters
Named = Callable[[str, str], Given]  # what a column and words give: the condition that the words name the row

_CLOSE = "~"  # begins a cursor through what is close; no other cursor has it


def address_in(words: str) -> tuple[str, str] | None:
    """What kind of address the words are, and its key; None when they are a name or a USDOT number."""
    if "@" in words:
        return ("email", key) if (key := email_key(words)) else None
    digits, letters = sum(map(str.isdigit, words)), sum(map(str.isalpha, words))
    if digits >= 10 and letters < LETTERS and digits * 2 > len(words) and (key := phone_key(words)):
        return "phone", key
    if "." in words and " " not in words and (key := domain_of(words)):
        return "domain", key
    return None


def any_order(column: str, words: str) -> Given:
    """A condition that all the words are in the column, wherever, and its parameters. Each is met by a trigram index.

    A word of one or two letters is the beginning of a word there.
    """
    clauses, parameters = [], []
    for word in dict.fromkeys(words.lower().split()):
        if _is_short(word):
            clauses.append(f"({column} ilike %s or {column} ilike %s)")
            parameters += [f"{literal(word)}%", f"% {literal(word)}%"]
        else:
            clauses.append(f"{column} ilike %s")
            parameters.append(f"%{literal(word)}%")
    return " and ".join(clauses), parameters


def _is_short(word: str) -> bool:
    return sum(map(str.isalnum, word)) < SHORT


def in_name(column: str, words: str) -> Given:
    """A condition that the column has the words together, or all of them in any order, and its parameters."""
    whole = f"%{literal(words)}%"
    if len(words.split()) < 2:
        return f"{column} ilike %s", [whole]
    condition, parameters = any_order(column, words)
    if not any(map(_is_short, words.split())):  # what has them together has all of them
        return condition, parameters
    return f"({column} ilike %s or ({condition}))", [whole, *parameters]


def may_be_misspelt(words: str) -> bool:
    """Whether what is close to the words is worth showing: they are a name of some length and no address."""
    return "@" not in words and sum(map(str.isalpha, words)) >= LETTERS and address_in(words) is None


def close_to(column: str, words: str) -> Given:
    """A condition that the column is close to the words, and its parameters; to be asked `within_typos`."""
    return f"{column} %%> %s", [words]


@contextmanager
def within_typos() -> Iterator[None]:
    """In here, `close_to` holds of what a typo or two away from the words is. Its bound is the transaction's."""
    with transaction.atomic():
        fetch("select set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
        yield


def exactly_or_nearly(words: str, cursor: str | None, read: Callable[[Named, str | None], Rows]) -> tuple[Rows, bool]:
    """The page of those that are called so; where nothing is, of those that come close, and whether it is that.

    `read` reads the page after a cursor of those that the words name in that way. A cursor goes on as its page began.
    """
    if cursor is None or not cursor.startswith(_CLOSE):
        found = read(in_name, cursor)
        if found.rows or cursor or not may_be_misspelt(words):
            return found, False
    with within_typos():
        found = read(close_to, cursor.removeprefix(_CLOSE) if cursor else None)
    after = found.next_cursor and _CLOSE + found.next_cursor
    return replace(found, next_cursor=after), bool(found.rows) or cursor is not None
