"""Ids that lie together when they are made together."""

from __future__ import annotations

from uuid import RFC_4122

import pytest

from hub.domain import next_id


def test_ids_follow_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for millisecond in (1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_257):
        monkeypatch.setattr(next_id.time, "time_ns", lambda now=millisecond: now * 1_000_000 + 999_999)
        made.append(next_id.next_id())
    assert made == sorted(made)
    assert [identifier.int >> 80 for identifier in made] == [1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_257]


def test_ids_of_one_instant_differ_and_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(next_id.time, "time_ns", lambda: 1_700_000_000_000_000_000)
    made = {next_id.next_id() for _ in range(1_000)}
    assert len(made) == 1_000
    assert {(identifier.version, identifier.variant) for identifier in made} == {(7, RFC_4122)}
