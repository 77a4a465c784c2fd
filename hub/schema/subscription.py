"""What can be followed."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry

from hub.models import Topic
from hub.resolvers import event
from hub.schema.event import StreamItem
from hub.schema.scalars import Cursor
from hub.schema.words import Info, follows, says


@strawberry.type(description="What can be followed.")
class Subscription:
    """What can be followed."""

    @follows("The stream of events. Without `after`: from now on. Same items, same cursors as `Query.events`.")
    async def events(
        self,
        info: Info,
        after: Annotated[Cursor | None, says("The cursor of the last item read.")] = None,
        topics: Annotated[
            list[Topic] | None, says("Only events about these; the sequence of this view then has only them.")
        ] = None,
    ) -> AsyncGenerator[StreamItem, None]:
        """Follow the stream."""
        async with aclosing(event.follow(info.context, after, topics)) as items:
            async for item in items:
                yield item  # type: ignore[misc]  # the items of the feed are what the types of the schema read
