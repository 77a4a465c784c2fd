"""The world of the tests of the schema."""

from tests.schema.conftest import world

__all__ = ["world"]
