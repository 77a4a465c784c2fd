"""How the schema is written down: every word with its description, leaves as attributes of rows, relations by loaders."""

from collections.abc import Callable
from enum import EnumMeta
from typing import Annotated, Any, TypeVar, Union

import strawberry
from strawberry.types.arguments import StrawberryArgumentAnnotation

from hub.resolvers.action import Action, run
from hub.resolvers.context import Context, Read
from hub.resolvers.node import TypeNumber

Info = strawberry.Info[Context, None]
Words = TypeVar("Words", bound=EnumMeta)
Resolver = TypeVar("Resolver", bound=Callable[..., Any])

OP_ID = "Makes a repeated call the same call: a new UUID per intention. Kept for 90 days."
"""What every mutation says of its `opId`."""


def leaf(text: str) -> Any:
    """Declare a field that is the attribute of the same name."""
    return strawberry.field(description=text)


def given(text: str) -> Any:
    """Declare a field of an input that has to be there."""
    return strawberry.field(description=text)


def optional(text: str) -> Any:
    """Declare a field of an input that may be left out; left out is UNSET, which is not the same as null."""
    return strawberry.field(description=text, default=strawberry.UNSET)


def says(text: str, name: str | None = None) -> StrawberryArgumentAnnotation:
    """Describe an argument."""
    return strawberry.argument(description=text, name=name)


def enum(words: Words, text: str, **values: str) -> Words:
    """Make an enumeration of the models one of the schema, each value with its description."""
    described = strawberry.enum(words, description=text)
    for value in described.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]
    return described


def reads(answers: Any, text: str) -> Callable[[Resolver], Resolver]:
    """Declare a root field: what it answers, and what that means."""
    declare: Callable[[Resolver], Resolver] = strawberry.field(graphql_type=answers, description=text)
    return declare


def follows(text: str) -> Callable[[Resolver], Resolver]:
    """Declare a root field that can be followed."""
    declare: Callable[[Resolver], Resolver] = strawberry.subscription(description=text)
    return declare


def does(action: Action, takes: type[Any], answers: Any, text: str) -> Any:
    """Declare a mutation: what it does, takes and answers."""

    async def resolve(info: Info, data: Annotated[takes, says("What is asked for.", name="input")]) -> Any:  # type: ignore[valid-type]
        return await run(action, info.context, data)

    return strawberry.mutation(resolver=resolve, graphql_type=answers, description=text)


def result(name: str, text: str, *types: Any) -> Any:
    """Make a union: what a mutation answers."""
    return Annotated[Union[types], strawberry.union(name, description=text)]  # noqa: UP007 — of types that are values here


def each(answers: Any, text: str) -> Any:
    """Declare a field that is a list of what a mutation could answer, and the attribute of the same name."""
    return strawberry.field(graphql_type=list[answers], description=text)


def identified(number: TypeNumber) -> Any:
    """Declare the field `id` of a node: the global id of the row's id."""

    def identify(root: Any, info: Info) -> Any:
        return info.context.ids.encode(number, root.id)

    return strawberry.field(
        resolver=identify, description="The global id: opaque, and the same for as long as the record exists."
    )


def relation(read: Read, key: str, text: str) -> Any:
    """Declare a field that is another record, found by the attribute `key`; null when there is none or it is hidden."""

    def related(root: Any, info: Info) -> Any:
        identifier = getattr(root, key)
        return None if identifier is None else info.context.load(read, identifier)

    return strawberry.field(resolver=related, description=text)


def derived(function: Callable[[Any, Context], Any], text: str) -> Any:
    """Declare a field that a function of the row and the context gives."""

    def derive(root: Any, info: Info) -> Any:
        return function(root, info.context)

    return strawberry.field(resolver=derive, description=text)


def of_rows(column: str) -> Any:
    """Tell a type's rows by a column that only they have; unions and the interface ask."""
    return staticmethod(lambda row, _info: hasattr(row, column))


def of_class(cls: type[Any]) -> Any:
    """Tell a type's objects by their class."""
    return staticmethod(lambda value, _info: isinstance(value, cls))
