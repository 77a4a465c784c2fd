"""How columns are declared: each says which class of field it is (who may see it) or that no reader gets it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column


class FieldClass(StrEnum):
    """Who may see a column (architecture of rights: own side all; counterpart OPEN, NAME, masked CONTACT; partner OPEN).

    INTERNAL is read by no viewer: digests, sealed values, keys.
    """

    OPEN = "OPEN"
    NAME = "NAME"
    CONTACT = "CONTACT"
    STANDING = "STANDING"
    HOME = "HOME"
    INTERNAL = "INTERNAL"


class Base(DeclarativeBase):
    """All tables. Constraint names say what they promise; unnamed ones follow one pattern."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _column(field_class: FieldClass, *args: Any, **options: Any) -> MappedColumn[Any]:
    return mapped_column(*args, info={"class": field_class}, **options)


def is_open(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a column of class OPEN: ids, versions, states, organizations, dates of liaison and transfer."""
    return _column(FieldClass.OPEN, *args, **options)


def is_name(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a column of class NAME: name, gender, birth date, work unit, destination, card."""
    return _column(FieldClass.NAME, *args, **options)


def is_contact(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a column of class CONTACT: masked numbers and addresses."""
    return _column(FieldClass.CONTACT, *args, **options)


def is_standing(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a column of class STANDING: standing, dates of membership, dues, decisions."""
    return _column(FieldClass.STANDING, *args, **options)


def is_home(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a column of class HOME: what only the own side needs (education, occupation, reason, remark)."""
    return _column(FieldClass.HOME, *args, **options)


def is_internal(*args: Any, **options: Any) -> MappedColumn[Any]:
    """Declare a column that no viewer reads: digests, sealed values, keys for comparing."""
    return _column(FieldClass.INTERNAL, *args, **options)


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """Promise that a text column holds one word of an enumeration."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} in ({listed})", name=f"{column}_is_known")


PARTIAL_DATE_PATTERN = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"


def is_partial_date(column: str) -> CheckConstraint:
    """Promise that a text column holds a date as exact as its source: 2025, 2025-06 or 2025-06-15."""
    return CheckConstraint(f"{column} ~ '{PARTIAL_DATE_PATTERN}'", name=f"{column}_is_partial_date")
