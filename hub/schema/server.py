"""The schema as served, and every override of the GraphQL library, in one place."""

from functools import cache

import strawberry
from graphql import Undefined, lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig

from hub.schema.mutation import Mutation
from hub.schema.query import Query
from hub.schema.scalars import SCALARS
from hub.schema.subscription import Subscription


@cache
def schema() -> strawberry.Schema:
    """Return the schema; made once per process."""
    made = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    # The library turns Python's `= None` into the default null; in the contract what may be left out has no default.
    for kind in made._schema.type_map.values():  # noqa: SLF001
        for field in getattr(kind, "fields", {}).values():
            for argument in getattr(field, "args", {}).values():
                if argument.default_value is None:
                    argument.default_value = Undefined
    return made


def print_sdl() -> str:
    """Return the public contract in SDL, sorted, so that a change shows as the lines that change."""
    return print_schema(lexicographic_sort_schema(schema()._schema)) + "\n"  # noqa: SLF001 — the library has no other way to it
