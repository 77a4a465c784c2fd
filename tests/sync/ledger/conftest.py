"""A hub of two small trees, into which lists are imported."""

from __future__ import annotations

import pytest

from tests.domain.liaisons import a_world
from tests.sync.ledger.imports import Hub


@pytest.fixture
async def hub(database) -> Hub:
    world = await a_world(database)
    return Hub(database, world.ids, world.vault, world.now)
