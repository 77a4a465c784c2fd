"""Pages of lists."""

from typing import Annotated, Generic, TypeVar

import strawberry
from strawberry import ID

from hub.schema.words import leaf, says

T = TypeVar("T")
ById = Annotated[ID, says("The global id.", name="id")]
First = Annotated[int | None, says("How many, at most 100.")]
After = Annotated[str | None, says("The cursor behind which the page begins; left out: the beginning.")]
Whom = Annotated[
    ID | None, says("Narrows the list to this organization and what stands below it; left out: the viewer's own.")
]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = leaf("Whether more records follow.")
    has_previous_page: bool = leaf("Whether the page was asked for with `after`, so that records come before it.")
    start_cursor: str | None = leaf("The cursor of the first record; null on an empty page.")
    end_cursor: str | None = leaf("The cursor of the last record, to be given as `after` for the next page.")


@strawberry.type(description="One record of a list, with its place.")
class Edge(Generic[T]):
    """One record of a list."""

    cursor: str = leaf("The place of this record: opaque and sealed; good only for the same list.")
    node: T = leaf("The record.")


@strawberry.type(description="One page of a list, newest first unless the list says otherwise.")
class Connection(Generic[T]):
    """One page of a list."""

    edges: list[Edge[T]] = leaf("The records of this page, in order.")
    page_info: PageInfo = leaf("Where this page stands in the list.")
