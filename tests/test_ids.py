"""Ids of new records: some lie together when they are made together, some tell nothing."""

from __future__ import annotations

import pickle
from uuid import RFC_4122, UUID

import pytest

from hub import ids


def test_ids_follow_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for millisecond in (1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_257):
        monkeypatch.setattr(ids.time, "time_ns", lambda now=millisecond: now * 1_000_000 + 999_999)
        made.append(ids.next_id())
    assert made == sorted(made)
    assert [identifier.int >> 80 for identifier in made] == [1_700_000_000_000, 1_700_000_000_001, 1_700_000_000_257]


def test_ids_of_one_instant_differ_and_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_700_000_000_000_000_000)
    made = {ids.next_id() for _ in range(1_000)}
    assert len(made) == 1_000
    assert {(identifier.version, identifier.variant) for identifier in made} == {(7, RFC_4122)}


def test_random_ids_tell_nothing_and_are_like_any_other() -> None:
    made = [ids.random_id() for _ in range(1_000)]
    assert len({identifier.int >> 80 for identifier in made}) == 1_000
    assert {(identifier.version, identifier.variant) for identifier in made} == {(4, RFC_4122)}
    for identifier in (made[0], ids.next_id()):
        again = UUID(str(identifier))
        assert (identifier, hash(identifier), pickle.loads(pickle.dumps(identifier))) == (again, hash(again), again)
