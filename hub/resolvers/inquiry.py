"""Inquiries: the list, what hangs on one, and its steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hub.domain import inquiry, page_life, participation_read
from hub.models import Inquiry
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context
from hub.resolvers.listing import listing
from hub.resolvers.relation import one

listed = listing("inquiries", page_life.inquiries, Inquiry)


async def participations(row: Any, context: Context) -> Any:
    """Return the records that the answer refers to."""
    return await context.load(participation_read.attached, row.id) or []


async def _ask(call: Call) -> Any:
    return await inquiry.ask(call.connection, **call.by, **call.said)


async def _answer(call: Call) -> Any:
    said = call.said
    attached = said.pop("participation_ids", None) or ()
    return await inquiry.answer(call.connection, **call.by, **said, participations=attached)


async def _withdraw(call: Call) -> Any:
    return await inquiry.withdraw(call.connection, **call.by, **call.said)


async def _read(context: Context, identifier: UUID) -> Any:
    return await context.load(one(Inquiry), identifier)


ask = Action("openInquiry", _ask, _read)
answer = Action("answerInquiry", _answer, _read)
withdraw = Action("withdrawInquiry", _withdraw, _read)
