"""The cells of one line, read by kind of content, with what is wrong with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from hub.sync.ledger import cells, columns, dates, phones
from hub.sync.ledger.rows import Problem
from hub.sync.ledger.table import Line
from hub.sync.ledger.workbook import Cell

_NOTHING_UNREADABLE: dict[str, str] = {}


class LineCells:
    """Reads the cells of one line and collects what is wrong with it."""

    __slots__ = ("_cells", "_errors", "_today", "_unreadable", "_warnings")

    def __init__(self, line: Line, today: dt.date) -> None:
        self._cells = line.cells
        self._today = today
        self._errors: list[Problem] = []
        self._warnings: list[Problem] = []
        self._unreadable: dict[str, str] | None = None

    def cell(self, field: str) -> Cell:
        """Return the cell of a field; the empty text where the ledger has no such column."""
        return self._cells.get(field, "")

    def is_blank_column(self, field: str) -> bool:
        """Tell whether the ledger has a column for the field, and nothing in it here."""
        return field in self._cells and phones.is_blank(self._cells[field])

    def refuse(self, field: str, code: str) -> None:
        """Say why the line cannot go in."""
        self._errors.append(Problem(field, code))

    def warn(self, field: str, code: str) -> None:
        """Say what somebody should look at."""
        self._warnings.append(Problem(field, code))

    def leave_open(self, field: str, code: str) -> None:
        """Warn, and keep the text of a value that cannot be read."""
        self.warn(field, code)
        if self._unreadable is None:
            self._unreadable = {}
        self._unreadable[field] = cells.written(self.cell(field))

    def judged(self) -> dict[str, Any]:
        """Return what is wrong in the form of a row: one error, or warnings."""
        return {
            "error": self._errors[0] if self._errors else None,
            "warnings": () if self._errors else tuple(self._warnings),
            "unreadable": self._unreadable or _NOTHING_UNREADABLE,
        }

    def text(self, field: str) -> str | None:
        """Return free text."""
        cell = self._cells.get(field, "")
        return None if cell == "" else cells.text(cell)

    def place(self) -> str | None:
        """Return where somebody went: of one column, or of those for province, city, county and town together."""
        whole = self.text("destination")
        parts = [part for field in columns.PLACE_PARTS if (part := self.text(field))]
        return whole or "".join(dict.fromkeys(parts)) or None

    def date(self, field: str, *, future: bool = False) -> str | None:
        """Return a partial date; `future` allows days to come."""
        cell = self._cells.get(field, "")
        if cell == "":
            return None
        value, code = dates.partial_date(cell, self._today, future=future)
        if code:
            self.leave_open(field, code)
        return value

    def month(self, field: str) -> str | None:
        """Return the month up to which something is paid."""
        value, code = dates.year_month(self.cell(field), self._today)
        if code:
            self.leave_open(field, code)
        return value

    def word(self, field: str, read: Callable[[Cell], tuple[Any, str | None]]) -> Any:
        """Return a word from a short list, read by `read`."""
        cell = self._cells.get(field, "")
        if cell == "":
            return None
        value, code = read(cell)
        if code:
            self.leave_open(field, code)
        return value

    def phone(self, field: str) -> phones.Phones:
        """Return the numbers of a cell and whose they are."""
        found, code = phones.phones(self.cell(field))
        if code:
            self.leave_open(field, code)
        return found

    def category(self) -> str | None:
        """Return FULL or PROBATIONARY: of a column for it, or of one that asks for yes or no."""
        value: str | None = self.word("category", cells.category)
        for field, yes, no in (("isFullMember", "FULL", "PROBATIONARY"), ("isProbationary", "PROBATIONARY", "FULL")):
            if value is None and field in self._cells:
                value, _ = cells.category(self.cell(field))  # 预备党员 where yes or no was asked for
                if value is None:
                    said = self.word(field, cells.boolean)
                    value = None if said is None else yes if said else no
        return value

    def card(self) -> tuple[bool | None, str | None]:
        """Return whether there is an activity card, and its number."""
        number, issued, code = cells.card_number(self.cell("cardNumber"))
        if code:
            self.leave_open("cardNumber", code)
        if "cardIssued" in self._cells:
            said, code = cells.boolean(self.cell("cardIssued"))
            if code and number is None:  # a number where yes or no was asked for
                number, has_card, code = cells.card_number(self.cell("cardIssued"))
                said = said if said is not None else has_card
                if code:
                    self.leave_open("cardIssued", code)
            issued = said if said is not None else issued
        return issued, number

    def suggestions(self, remark: str | None) -> tuple[str, ...]:
        """Return what the remark and the columns of state give reason to ask."""
        found = list(cells.suggestions(remark)) if remark else []
        if "status" in self._cells and (status := self.text("status")):
            found += cells.suggestions(status)
        if "returned" in self._cells and cells.boolean(self.cell("returned"))[0]:
            found.append(cells.RETURNED)
        if "returnedOn" in self._cells and dates.partial_date(self.cell("returnedOn"), self._today)[0]:
            found.append(cells.RETURNED)
        return tuple(dict.fromkeys(found))
