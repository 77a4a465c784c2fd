"""Scalars, each strict about what it takes and clear about what it means."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NewType
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.file_uploads import Upload
from strawberry.types.scalar import ScalarDefinition

from hub.domain.dates import is_partial

Cursor = NewType("Cursor", str)
Int64 = NewType("Int64", int)
PartialDate = NewType("PartialDate", str)
Quarter = NewType("Quarter", str)
YearMonth = NewType("YearMonth", str)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_QUARTER = re.compile(r"\d{4}-Q[1-4]")
_YEAR_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_LONGEST_CURSOR = 200


def _reading(expected: str, read: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Return a parser that refuses with what was expected and never repeats what was given."""

    def parse(value: object) -> Any:
        if isinstance(value, str):
            try:
                return read(value)
            except ValueError:
                pass
        raise GraphQLError(f"Expected {expected}.")

    return parse


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


def _date_time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError
    return found


def _partial(text: str) -> str:
    if not is_partial(text):
        raise ValueError
    return text


def _quarter(text: str) -> str:
    if not _QUARTER.fullmatch(text):
        raise ValueError
    return text


def _year_month(text: str) -> str:
    if not _YEAR_MONTH.fullmatch(text):
        raise ValueError
    return text


def _int64(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError
    return number


def _cursor(text: str) -> str:
    if len(text) > _LONGEST_CURSOR:
        raise ValueError
    return text


def _iso(value: date | datetime) -> str:
    return value.isoformat()


def _define(
    name: str, text: str, expected: str, read: Callable[[str], Any], write: Callable[[Any], Any] = str
) -> ScalarDefinition:
    return strawberry.scalar(name=name, description=text, serialize=write, parse_value=_reading(expected, read))


SCALARS: dict[object, ScalarDefinition] = {
    UUID: _define("UUID", "A UUID in the usual form with hyphens.", "a UUID", UUID),
    date: _define("Date", "A calendar day in Asia/Shanghai: `2026-11-25`.", "a day such as 2026-11-25", _date, _iso),
    datetime: _define(
        "DateTime",
        "An instant with its offset, by RFC 3339: `2026-11-25T08:00:00+00:00`.",
        "an instant with its offset",
        _date_time,
        _iso,
    ),
    Cursor: _define(
        "Cursor",
        "A place in the stream of events: opaque, sealed, and good on every transport and process of this hub.",
        "a cursor",
        _cursor,
    ),
    Int64: _define(
        "Int64",
        "A whole number of up to 64 bits, written as a string: a JSON number is not safe above 2^53.",
        "a whole number in a string",
        _int64,
    ),
    PartialDate: _define(
        "PartialDate",
        "A date as exact as its source: `2025-06-15`, `2025-06` or `2025`. No day is invented.",
        "2025-06-15, 2025-06 or 2025",
        _partial,
    ),
    Quarter: _define("Quarter", "A quarter of a year: `2026-Q4`.", "a quarter such as 2026-Q4", _quarter),
    YearMonth: _define("YearMonth", "A calendar month: `2026-10`.", "a month such as 2026-10", _year_month),
    Upload: strawberry.scalar(
        name="Upload",
        description="A file, sent by the GraphQL multipart request specification.",
        serialize=str,
        parse_value=lambda value: value,
    ),
}
