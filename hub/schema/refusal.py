"""Refusals: what the hub did not do, as data."""

from enum import StrEnum

import strawberry

from hub.errors import Refused
from hub.resolvers import action
from hub.schema.words import enum, leaf, of_class


def _codes() -> dict[str, str]:
    """Each refusal code with its public text, which stands where it is raised: in `hub.errors`."""
    return {code.code: " ".join((code.__doc__ or "").split()) for code in Refused.__subclasses__()}


RefusalCode = StrEnum("RefusalCode", {code: code for code in _codes()})  # type: ignore[misc]
enum(RefusalCode, "Why a call was refused. Codes are never renamed; more may be added.", **_codes())


@strawberry.type(description="The call was refused, and nothing happened.")
class Refusal:
    """The call was refused, and nothing happened."""

    is_type_of = of_class(action.Refusal)

    code: RefusalCode = leaf("What to switch on.")
    message: str = leaf("A text for people, Chinese first: what is wrong and what to do. Holds no personal data.")
    field: str | None = leaf("The field of the input that is to blame, if one is.")
    current_version: int | None = leaf("The version that the record has now, with STALE_VERSION.")
    current_state: str | None = leaf("The state that the record is in now, with WRONG_STATE.")
