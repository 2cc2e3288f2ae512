"""Rooms above hear what happens, unless it is history."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from headhaul.kernel.listening import Port, quietly


@dataclass(frozen=True)
class Rain:
    kind: str = "rain"


def test_history_is_told_to_nobody_and_what_comes_after_it_is() -> None:
    heard: list[Rain] = []
    port: Port[Rain] = Port()
    port.listen(wants=lambda kind: kind == "rain", hear=heard.extend)

    def broken_history() -> None:
        with quietly():
            assert not port.is_wanted("rain")
            port.tell([Rain()])
            raise ValueError("broke")

    with pytest.raises(ValueError, match="broke"):
        broken_history()
    assert heard == []
    assert port.is_wanted("rain")
    port.tell([Rain()])
    assert heard == [Rain()]
