"""FMCSA's carrier look-up service, QCMobile: typed questions, patient with faults, polite in its rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote, urlencode

from pydantic import ValidationError

from headhaul.carriers.gateways.faults import FmcsaMalformed, FmcsaUnknownCarrier
from headhaul.carriers.gateways.qcmobile_records import (
    AuthorityRecord,
    BasicRecord,
    CargoRecord,
    CarrierRecord,
    DocketRecord,
    OosRecord,
    OperationRecord,
    Record,
)
from headhaul.carriers.gateways.qcmobile_wire import QcMobileSettings, Question, StoredAnswer
from headhaul.kernel import InvalidData
from headhaul.kernel.schemas import MAX_DOT_NUMBER

T = TypeVar("T")
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A value with the instant FMCSA gave it."""

    value: T
    retrieved_at: datetime


class AnswerCache(Protocol):
    """Where answers are kept between questions. Nothing personal is in them."""

    def read(self, *, path: str, at: datetime) -> StoredAnswer | None:
        """The answer kept for this path, unless it is too old at `at`."""
        ...

    def write(self, *, path: str, answer: StoredAnswer, keep_until: datetime) -> None:
        """Keep an answer, replacing an older one."""
        ...


class QcMobile:
    """The service. All threads share one object, so that pace and breaker hold for the whole process."""

    def __init__(self, settings: QcMobileSettings, *, cache: AnswerCache | None = None) -> None:
        self._question = Question(settings)
        self._cache = cache
        self._keep_for = timedelta(hours=settings.cache_hours)

    def close(self) -> None:
        """Let go of the connections."""
        self._question.close()

    def carrier(self, dot_number: int, *, at: datetime) -> Answer[CarrierRecord]:
        """The main record. Raises FmcsaUnknownCarrier, or an FmcsaFault when there is no usable answer."""
        stored = self._ask(str(_dot(dot_number)), at=at)
        found = _items(stored.content, "carrier", path=str(dot_number))
        if not found:
            raise FmcsaUnknownCarrier(dot_number)
        record = _read(CarrierRecord, found[0])
        if record.dot_number != dot_number:
            raise FmcsaMalformed(f"asked for carrier {dot_number}, got {record.dot_number}")
        return Answer(record, stored.retrieved_at)

    def search_name(
        self, name: str, *, at: datetime, start: int = 1, size: int = 50
    ) -> Answer[tuple[CarrierRecord, ...]]:
        """Carriers whose name contains the words, `size` at most, from the `start`-th on."""
        words = " ".join(name.split()).lower()
        if not 2 <= len(words) <= 120:
            raise InvalidData("Give 2 to 120 letters of the name.", fields={"name": "2 to 120 letters"})
        path, page = f"name/{quote(words, safe='')}", {"start": start, "size": size}
        return self._list(CarrierRecord, path, "carrier", at=at, query=page)

    def search_docket(self, number: int, *, at: datetime) -> Answer[tuple[CarrierRecord, ...]]:
        """Carriers with this docket number, whatever its prefix."""
        if not 1 <= number <= 10**10:
            raise InvalidData("A docket number is digits, such as 138328.", fields={"docketNumber": "digits"})
        return self._list(CarrierRecord, f"docket-number/{number}", "carrier", at=at)

    def cargo_carried(self, dot_number: int, *, at: datetime) -> Answer[tuple[CargoRecord, ...]]:
        """The kinds of cargo the carrier declares."""
        return self._list(CargoRecord, f"{_dot(dot_number)}/cargo-carried", at=at)

    def operation_classification(self, dot_number: int, *, at: datetime) -> Answer[tuple[OperationRecord, ...]]:
        """For hire, private property, and so on."""
        return self._list(OperationRecord, f"{_dot(dot_number)}/operation-classification", at=at)

    def docket_numbers(self, dot_number: int, *, at: datetime) -> Answer[tuple[DocketRecord, ...]]:
        """The carrier's docket numbers."""
        return self._list(DocketRecord, f"{_dot(dot_number)}/docket-numbers", at=at)

    def authority(self, dot_number: int, *, at: datetime) -> Answer[tuple[AuthorityRecord, ...]]:
        """Operating authority, docket by docket."""
        return self._list(AuthorityRecord, f"{_dot(dot_number)}/authority", "carrierAuthority", at=at)

    def oos_orders(self, dot_number: int, *, at: datetime) -> Answer[tuple[OosRecord, ...]]:
        """Out-of-service orders, newest first, each once although FMCSA may repeat them."""
        answer = self._list(OosRecord, f"{_dot(dot_number)}/oos", "oos", at=at)
        once = dict.fromkeys(answer.value)
        newest_first = sorted(once, key=lambda order: order.ordered_on or date.min, reverse=True)
        return Answer(tuple(newest_first), answer.retrieved_at)

    def basics(self, dot_number: int, *, at: datetime) -> Answer[tuple[BasicRecord, ...]]:
        """The safety categories, as far as they are public. New categories are taken as they come."""
        return self._list(BasicRecord, f"{_dot(dot_number)}/basics", "basic", at=at)

    def _list(
        self,
        kind: type[R],
        path: str,
        wrapper: str = "",
        *,
        at: datetime,
        query: Mapping[str, int] | None = None,
    ) -> Answer[tuple[R, ...]]:
        stored = self._ask(path, at=at, query=query)
        items = _items(stored.content, wrapper, path=path)
        return Answer(tuple(_read(kind, item) for item in items), stored.retrieved_at)

    def _ask(self, path: str, *, at: datetime, query: Mapping[str, int] | None = None) -> StoredAnswer:
        full = f"{path}?{urlencode(query)}" if query else path
        if self._cache and (kept := self._cache.read(path=full, at=at)):
            return kept
        answer = self._question.ask(full, at=at)
        if self._cache:
            self._cache.write(path=full, answer=answer, keep_until=at + self._keep_for)
        return answer


def _dot(dot_number: int) -> int:
    if isinstance(dot_number, bool) or not 1 <= dot_number <= MAX_DOT_NUMBER:
        raise InvalidData("A USDOT number is 1 to 8 digits.", fields={"dotNumber": "1 to 8 digits"})
    return dot_number


def _items(content: Any, wrapper: str, *, path: str) -> list[Mapping[str, Any]]:
    """The records in an answer, without their wrappers: none when it is empty, one when it comes alone."""
    found = content if isinstance(content, list) else [] if content is None else [content]
    items = [item.get(wrapper, item) if isinstance(item, dict) else item for item in found]
    if not all(isinstance(item, dict) for item in items):
        raise FmcsaMalformed(f"{path.split('/')[-1].split('?')[0]} holds no records")
    return items


def _read(kind: type[R], item: Mapping[str, Any]) -> R:
    try:
        return kind.model_validate(item)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where, what = ".".join(str(part) for part in first["loc"]), first["msg"].removeprefix("Value error, ")
    raise FmcsaMalformed(f"{where} {what}")
