"""How a room tells rooms above what happened without knowing them: they register, it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Happening(Protocol):
    """What can be told: it has a kind."""

    @property
    def kind(self) -> str:
        """The word by which listeners choose."""
        ...


T = TypeVar("T", bound=Happening)
_is_quiet: ContextVar[bool] = ContextVar("is_quiet", default=False)


@contextmanager
def quietly() -> Iterator[None]:
    """Within, nothing is told: what is written down is history, and nobody is to act on it as if it were news."""
    before = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(before)


@dataclass(frozen=True, slots=True)
class _Listener(Generic[T]):
    wants: Callable[[str], bool]
    hear: Callable[[Sequence[T]], None]


class Port(Generic[T]):
    """A room's list of listeners. Telling happens in the teller's transaction: what fails there fails the write."""

    def __init__(self) -> None:
        self._listeners: list[_Listener[T]] = []

    def listen(self, *, wants: Callable[[str], bool], hear: Callable[[Sequence[T]], None]) -> None:
        """Register at start-up. `wants` is asked on hot paths, so it answers from memory."""
        self._listeners.append(_Listener(wants, hear))

    def is_wanted(self, kind: str) -> bool:
        """Whether anybody would hear it, so that nothing is gathered for nobody."""
        return not _is_quiet.get() and any(listener.wants(kind) for listener in self._listeners)

    def tell(self, happenings: Sequence[T]) -> None:
        """Tell all at once what happened, to each listener what it wants."""
        for listener in [] if _is_quiet.get() else self._listeners:
            wanted = [one for one in happenings if listener.wants(one.kind)]
            if wanted:
                listener.hear(wanted)
