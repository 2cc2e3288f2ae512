"""Mails and texts are told apart as labelled. A third of them and a set of unseen words measure what was not tuned."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from headhaul.outreach.choices import Channel, InboundKind
from headhaul.outreach.inbound.classifying import Judged, judge
from headhaul.outreach.inbound.incoming import Incoming
from headhaul.outreach.inbound.mime import read_mail
from headhaul.outreach.inbound.refusals import keywords, refusal_in
from tests.outreach.inbound.mails import AT, DATA, Labelled, labelled

MAILS = [(each, judge(read_mail(each.raw, source="test", key=str(each.number), received_at=AT))) for each in labelled()]
BY_PEOPLE = {InboundKind.REPLY, InboundKind.OPT_OUT}


def lines(name: str) -> list[tuple[str, str]]:
    """What stands before the bar, and the words."""
    text = (DATA / name).read_text(encoding="utf-8")
    return [tuple(line.split("|", 1)) for line in text.splitlines() if line and line[0] != "#"]  # type: ignore[misc]


def text_judged(words: str) -> Judged:
    """A text message, judged."""
    return judge(Incoming(Channel.SMS, "test", "1", "+12145550100", AT, text=words, fresh=words))


TEXTS = [
    (number % 3 == 2, kind, text_judged(words).kind, words) for number, (kind, words) in enumerate(lines("texts.txt"))
]


def chosen(held_out: bool) -> Iterator[tuple[Labelled, Judged]]:
    """The mails that are held out, or the others."""
    return ((mail, judged) for mail, judged in MAILS if mail.is_held_out is held_out)


def test_the_set_is_large_enough_to_mean_something() -> None:
    assert len(MAILS) + len(TEXTS) >= 200


@pytest.mark.parametrize("held_out", [False, True])
def test_what_people_write_is_not_taken_for_a_program(held_out: bool) -> None:
    written = [(mail, judged) for mail, judged in chosen(held_out) if mail.kind in BY_PEOPLE]
    missed = [mail.words for mail, judged in written if judged.kind not in BY_PEOPLE]
    assert len(missed) <= 0.01 * len(written), missed


@pytest.mark.parametrize("held_out", [False, True])
def test_what_counts_as_automatic_is(held_out: bool) -> None:
    taken = [(mail, judged) for mail, judged in chosen(held_out) if judged.kind is InboundKind.AUTO_REPLY]
    wrong = [mail.words for mail, _ in taken if mail.kind != InboundKind.AUTO_REPLY]
    assert len(wrong) <= 0.02 * len(taken), wrong


@pytest.mark.parametrize("held_out", [False, True])
def test_no_refusal_is_missed(held_out: bool) -> None:
    mails = [mail.words for mail, judged in chosen(held_out) if mail.kind == "opt_out" and judged.kind != "opt_out"]
    texts = [words for held, kind, got, words in TEXTS if held is held_out and kind == "opt_out" and got != "opt_out"]
    assert not mails + texts


@pytest.mark.parametrize("held_out", [False, True])
def test_few_answers_pass_for_refusals(held_out: bool) -> None:
    mails = [mail.words for mail, judged in chosen(held_out) if mail.kind == "reply" and judged.kind == "opt_out"]
    texts = [words for held, kind, got, words in TEXTS if held is held_out and kind != "opt_out" and got == "opt_out"]
    refusals = sum(mail.kind == "opt_out" for mail, _ in chosen(held_out))
    assert len(mails + texts) <= 0.1 * (refusals + len(texts)), mails + texts


def test_bounces_are_bounces_and_nothing_else_is() -> None:
    assert all((mail.kind == "bounce") is (judged.kind is InboundKind.BOUNCE) for mail, judged in MAILS)


def test_the_day_of_return_is_read() -> None:
    wrong = [(mail.words, judged.returns_on) for mail, judged in MAILS if judged.returns_on != mail.returns_on]
    assert not wrong


def test_words_that_nothing_was_tuned_on() -> None:
    """What is to be expected of phrases that nobody thought of: more than nine of ten are understood."""
    refusals = [refusal_in(words, channel=Channel(channel)).is_one for channel, words in lines("unseen_opt_outs.txt")]
    wrong = [
        words for channel, words in lines("unseen_answers.txt") if refusal_in(words, channel=Channel(channel)).is_one
    ]
    caught = sum(refusals)
    assert caught / len(refusals) >= 0.9
    assert caught / (caught + len(wrong)) >= 0.9, wrong


@pytest.mark.parametrize("words", sorted(keywords("stop")))
@pytest.mark.parametrize("form", ["{}", "{}.", " {} \n", "“{}”", "**{}**"])
def test_keywords_count_whatever_their_capitals_and_marks(words: str, form: str) -> None:
    assert text_judged(form.format(words.upper())).kind is InboundKind.OPT_OUT
    assert text_judged(form.format(words)).kind is InboundKind.OPT_OUT


def test_a_stop_by_text_ends_calls_too_and_a_mail_only_mail() -> None:
    assert refusal_in("STOP", channel=Channel.SMS).channels == ("sms", "call")
    assert refusal_in("Please take me off your list.", channel=Channel.EMAIL).channels == ("email",)


@pytest.mark.parametrize(
    "words",
    [
        "Do not contact me again.",
        "Do not email, call or text me.",
        "Cease and desist all communication.",
        "Add us to your do not contact list.",
    ],
)
def test_a_mail_that_means_every_way_ends_every_way(words: str) -> None:
    assert refusal_in(words, channel=Channel.EMAIL).channels == ("all",)


def test_a_guess_says_that_it_is_one() -> None:
    found = refusal_in("wrong number", channel=Channel.SMS)
    assert found.is_one
    assert not found.is_sure
    assert refusal_in("stop texting me", channel=Channel.SMS).is_sure


def test_what_they_quoted_is_not_what_they_said() -> None:
    mail = next(each for each in labelled() if each.form == "bottom" and each.kind == "reply")
    read = read_mail(mail.raw, source="test", key="1", received_at=AT)
    assert "unsubscribe" in read.text
    assert read.fresh == mail.words


def test_the_weights_are_those_of_the_examples() -> None:
    """Learned from what stands beside them: the sure signs of each side weigh on their side."""
    learned = json.loads((_package_data() / "refusal_weights.json").read_text(encoding="utf-8"))
    assert learned["weights"]["<stopping> <reach>"] > 0 > learned["weights"]["yes"]


def _package_data():  # type: ignore[no-untyped-def]
    from importlib.resources import files

    return files("headhaul.outreach.inbound") / "data"
