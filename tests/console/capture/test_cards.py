"""Business cards out of QR codes: every layout in use, and nothing in a field is more than text."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import headhaul.console.capture

MODULES = Path(headhaul.console.capture.__file__).parent / "static/capture"
READ = """
import { readCode } from "%s/cards.js";
let text = "";
for await (const piece of process.stdin) text += piece;
console.log(JSON.stringify(JSON.parse(text).map((each) => readCode(each))));
"""


def read(*codes: str) -> list[Any]:
    """What the page's own module makes of them, run by Node."""
    done = subprocess.run(
        ["node", "--no-warnings", "--input-type=module", "-e", READ % MODULES.as_uri()],
        input=json.dumps(codes),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


def card(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCARD", *lines, "END:VCARD"])


VERSION_3 = card(
    "VERSION:3.0",
    "N:Ruiz;Dana;;;",
    "FN:Dana Ruiz",
    "ORG:Lone Star Reefer\\, LLC;Operations",
    "TITLE:Fleet manager",
    "TEL;TYPE=FAX:+1 512 555 0111",
    "TEL;TYPE=WORK,VOICE:+1 512 555 0100",
    "TEL;TYPE=CELL:+1 512 555 0199",
    "EMAIL;TYPE=INTERNET:dana@lonestar.example",
    "NOTE:USDOT 101\\nlikes mornings\\, US DOT 1234567",
)
VERSION_4 = card(
    "VERSION:4.0",
    "FN:Zoë Ångström",
    'TEL;VALUE=uri;TYPE="voice,cell":tel:+1-512-555-0142;ext=7',
    "item1.EMAIL;PREF=1:mailto:zoe@example.com",
    "ORG;SORT-AS=Nordic:Nordic Freight",
)
VERSION_2 = card(
    "VERSION:2.1",
    "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg",
    "ORG;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Spedition M=C3=BCller =",
    "und S=C3=B6hne",
    "TEL;WORK;VOICE:(512) 555-0123",
    "EMAIL;INTERNET:jm@example.com",
)
FOLDED = card(
    "VERSION:3.0",
    "FN:Somebody With A Very Long",
    "  Name",
    "EMAIL:somebody",
    "\t@example.com",
)


def test_every_version_of_a_vcard_is_read() -> None:
    third, fourth, second, folded = read(VERSION_3, VERSION_4, VERSION_2, FOLDED)
    assert third == {
        "company": "Lone Star Reefer, LLC",
        "person": "Dana Ruiz",
        "title": "Fleet manager",
        "phone": "+1 512 555 0199",
        "email": "dana@lonestar.example",
        "note": "USDOT 101 likes mornings, US DOT 1234567",
        "dotNumber": "1234567",
    }
    assert fourth == {
        "company": "Nordic Freight",
        "person": "Zoë Ångström",
        "phone": "+1-512-555-0142",
        "email": "zoe@example.com",
    }
    assert second == {
        "company": "Spedition Müller und Söhne",
        "person": "Jörg Müller",
        "phone": "(512) 555-0123",
        "email": "jm@example.com",
    }
    assert folded == {"person": "Somebody With A Very Long Name", "email": "somebody@example.com"}


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (
            "MECARD:N:Ruiz,Dana;ORG:Lone Star;TEL:+15125550199;EMAIL:d@x.example;NOTE:a\\;b\\:c;;",
            {
                "company": "Lone Star",
                "person": "Dana Ruiz",
                "phone": "+15125550199",
                "email": "d@x.example",
                "note": "a;b:c",
            },
        ),
        ("mecard:N:Cher;;", {"person": "Cher"}),
        ("USDOT 1234567", {"dotNumber": "1234567"}),
        ("DOT# 158121", {"dotNumber": "158121"}),
        ("https://safer.example/query.asp?query_type=x&query_string=158121", {"dotNumber": "158121"}),
        ("mailto:dana@example.com?subject=x", {"email": "dana@example.com"}),
        ("dana@example.com", {"email": "dana@example.com"}),
        ("tel:+1 (512) 555-0100", {"phone": "+1 (512) 555-0100"}),
    ],
)
def test_other_codes_are_read(code: str, fields: dict[str, str]) -> None:
    assert read(code) == [fields]


@pytest.mark.parametrize(
    "code", ["", "https://example.com/", "WIFI:S:hall;P:secret;;", "javascript:alert(1)", ":;:;:;"]
)
def test_a_code_that_says_nothing_fills_nothing(code: str) -> None:
    assert read(code) == [None]


def test_a_script_in_a_field_stays_text_and_is_cut() -> None:
    bad = "<script>alert(1)</script>"
    (found,) = read(card("VERSION:3.0", f"FN:{bad}", f"ORG:{'x' * 2000}", "TEL:\u202e555\u0000 0100 12"))
    assert found["person"] == bad
    assert len(found["company"]) == 200
    assert found["phone"] == "555 0100 12"


def test_broken_cards_end_quickly_and_harmlessly() -> None:
    broken = [
        "BEGIN:VCARD",
        card("N:;;;;", "ORG:;;", "TEL:"),
        card("FN;ENCODING=QUOTED-PRINTABLE:=ZZ=C3"),
        card('TEL;TYPE="voice:5550100'),
        card("FN:" + "\\" * 3000),
        card(*[f"TEL:{n}" for n in range(2000)]),
        "MECARD:" + "N" * 3000,
        "MECARD:" + ";" * 3000,
    ]
    found = read(*broken)
    assert found[0] is None
    assert found[1] is None
    assert len(found) == len(broken)
