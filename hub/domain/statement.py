"""What a statement says, turned into columns: numbers and addresses sealed, masked and digested."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from hub.crypto import Vault, mask_address, mask_ends, mask_phone
from hub.domain import phone
from hub.domain.dates import first_day, is_partial
from hub.errors import InvalidInput

_SPACE = re.compile(r"\s+")
DOTS: Final = "·•・．‧∙⋅●˙﹒.᛫⸱𐄁"
"""Every kind of dot that people type within a name: 阿桑·木沙."""
_NOT_NAME = re.compile(rf"[\s{DOTS}]+")
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fff]+")

OUTFLOW_FIELDS: Final = (
    "departed_on",
    "expected_return",
    "destination",
    "work_unit",
    "address",
    "phone",
    "other_phone",
    "other_phone_whose",
    "inflow_organization_id",
    "inflow_organization_text",
    "inflow_leader_name",
    "inflow_leader_phone",
    "card_number",
    "reason",
    "remark",
    "confirmed_on",
)
INFLOW_FIELDS: Final = (
    "arrived_on",
    "home_organization_text",
    "work_unit",
    "address",
    "phone",
    "other_phone",
    "other_phone_whose",
    "card_number",
    "remark",
    "confirmed_on",
)
PARTIAL_DATES: Final = frozenset(
    {"departed_on", "expected_return", "arrived_on", "left_on", "joined_on", "full_member_on", "dues_paid_through"}
)
NOT_TO_COME: Final = frozenset({"arrived_on", "left_on", "joined_on", "full_member_on", "confirmed_on"})
"""Dates of what has happened. A departure may be registered before it, and dues be paid in advance."""
PHONE_FIELDS: Final = frozenset({"phone", "other_phone", "other_phone_whose", "more_phones"})
PHONES: Final = frozenset({"phone", "other_phone", "inflow_leader_phone"})
_KEPT_OTHERWISE: Final = PHONES | PHONE_FIELDS | {"address", "unreadable"}
MAX_LENGTH: Final = 500


def plain(text: str) -> str:
    """Return a text by which two spellings are compared: full-width forms and spaces do not count."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def name_key(name: str) -> str:
    """Return a name by which two spellings are compared: spaces, every kind of dot (阿桑·木沙) and case do not count."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    return _NOT_NAME.sub("", unicodedata.normalize("NFKC", name)).casefold()


def phone_digests(vault: Vault, numbers: Iterable[str | None]) -> list[bytes]:
    """Return the digests of some numbers, blanks left out."""
    return [vault.digest("phone", plain(_as_kept(number) or "")) for number in numbers if number]


def unsayable(given: Mapping[str, Any], day: date) -> InvalidInput | None:
    """Return why no record can hold what is given: a text too long, no date, no phone number, or a day to come; None
    where it can."""
    for field, value in given.items():
        if value is None:
            continue
        if isinstance(value, str) and len(value) > MAX_LENGTH:
            return InvalidInput(field)
        if value and field in PHONES and phone.canonical(value) is None:
            return InvalidInput(field)
        if field in PARTIAL_DATES and not is_partial(value):
            return InvalidInput(field)
        if field in NOT_TO_COME:
            earliest = value if isinstance(value, date) else first_day(value)
            if earliest > day:
                return InvalidInput(field)
    return None


def columns(
    vault: Vault, subject: UUID, given: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the columns for the given fields of a statement; fields that are not given are not in the result.

    `given` may hold `more_phones` (numbers beyond two, kept as digests only) and `unreadable` (field → original text).
    `before` is the statement as it stands: of the phone cell, what is not given stays; the text of an unreadable cell
    goes once its field is said.
    """
    found: dict[str, Any] = {}
    for field, value in given.items():
        if field not in _KEPT_OTHERWISE:
            found[field] = value or None if isinstance(value, str) else value
        elif field == "address":
            found.update(address_columns(vault, subject, value))
        elif field in PHONES and field not in PHONE_FIELDS:
            found[field] = _as_kept(value)
    if not PHONE_FIELDS.isdisjoint(given):
        found.update(phone_columns(vault, subject, {**_phones(vault, subject, before, given), **given}))
    kept = unreadable(vault, subject, before)
    if kept or given.get("unreadable"):
        said = fields_said(given)
        left = {field: text for field, text in kept.items() if field not in said} | dict(given.get("unreadable") or {})
        if left != kept:
            found["unreadable_sealed"] = vault.seal_bytes("unreadable", subject, orjson.dumps(left)) if left else None
    return found


def fields_said(given: Mapping[str, Any]) -> set[str]:
    """Return the fields that are said and can be read, by the names that ledgers and the contract have for them."""
    said = {_camel(field) for field, value in given.items() if value is not None}
    return said - set(given.get("unreadable") or ())


def _camel(field: str) -> str:
    first, *rest = field.split("_")
    return first + "".join(word.title() for word in rest)


def unreadable(vault: Vault, subject: UUID, row: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the original texts of the cells that could not be read, by field."""
    sealed = row["unreadable_sealed"] if row is not None else None
    return orjson.loads(vault.unseal_bytes("unreadable", subject, sealed)) if sealed else {}


def _phones(
    vault: Vault, subject: UUID, before: Mapping[str, Any] | None, given: Mapping[str, Any]
) -> dict[str, str | None]:
    """Return what stands of the phone cell and is not said anew."""
    if before is None:
        return {}
    kept: dict[str, str | None] = {"other_phone_whose": before["other_phone_whose"]}
    for field in ("phone", "other_phone"):
        sealed = before[f"{field}_sealed"]
        if field not in given and sealed:
            kept[field] = vault.unseal(field.replace("_", " "), subject, sealed)
    return kept


def address_columns(vault: Vault, subject: UUID, address: str | None) -> dict[str, Any]:
    """Return the columns of an address."""
    if not address:
        return {"address_sealed": None, "address_masked": None, "address_digest": None}
    return {
        "address_sealed": vault.seal("address", subject, address),
        "address_masked": mask_address(address),
        "address_digest": vault.digest("address", plain(address)),
    }


def phone_columns(vault: Vault, subject: UUID, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a phone cell: the own number first, another with whose it is (without a number, nobody's)."""
    own, other = _as_kept(given.get("phone")), _as_kept(given.get("other_phone"))
    return {
        "phone_sealed": vault.seal("phone", subject, own) if own else None,
        "phone_masked": mask_phone(own) if own else None,
        "other_phone_sealed": vault.seal("other phone", subject, other) if other else None,
        "other_phone_masked": mask_phone(other) if other else None,
        "other_phone_whose": (given.get("other_phone_whose") or None) if other else None,
        "phone_digests": phone_digests(vault, (own, other, *given.get("more_phones", ()))) or None,
    }


def _as_kept(number: str | None) -> str | None:
    """Return a number in the one form in which two spellings of it are equal; what was kept before there was one stays."""
    return (phone.canonical(number) or number) if number else None


def citizen_id_columns(vault: Vault, subject: UUID, citizen_id: str | None) -> dict[str, Any]:
    """Return the columns of an identity number (18 characters, upper-case X)."""
    if not citizen_id:
        return {"citizen_id_sealed": None, "citizen_id_masked": None}
    return {
        "citizen_id_sealed": vault.seal("citizen id", subject, citizen_id),
        "citizen_id_masked": mask_ends(citizen_id),
    }


_SEALED_WITH_DIGEST: Final = {
    "address_sealed": "address_digest",
    "phone_sealed": "phone_digests",
    "other_phone_sealed": "phone_digests",
}


def changes(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns whose meaning changes. A sealed value is new each time: its digest and mask decide."""
    changed: dict[str, Any] = {}
    for column, value in wanted.items():
        if column in _SEALED_WITH_DIGEST or column == "unreadable_sealed":
            continue
        before = current[column]
        if isinstance(before, list | tuple):
            before = list(before)
        if before != value:
            changed[column] = value
    for sealed, digest in _SEALED_WITH_DIGEST.items():
        masked = sealed.replace("_sealed", "_masked")
        if sealed in wanted and (digest in changed or masked in changed):
            changed[sealed] = wanted[sealed]
    if "unreadable_sealed" in wanted:
        changed["unreadable_sealed"] = wanted["unreadable_sealed"]
    return changed
