"""A first day without census, drivers or accounts: every page says what will be there."""

from __future__ import annotations

import pytest

from tests.console.conftest import SignedIn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", "No signals yet"),
        ("/", "No alerts"),
        ("/signals/", "No signals yet"),
        ("/accounts/", "No accounts yet"),
        ("/what-if/", "Ask a question about the pool"),
        ("/search?q=anything", "Nothing is called"),
    ],
)
def test_an_empty_page_says_what_will_be_here(signed_in: SignedIn, path: str, said: str) -> None:
    answer = signed_in("vera").get(path)
    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_a_what_if_without_a_census_changes_nothing(signed_in: SignedIn) -> None:
    page = signed_in("vera").get("/what-if/?count=40&equipment=reefer&state=TX&cdl=A").content.decode()
    assert "The number of prospects stays the same" in page
