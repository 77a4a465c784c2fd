"""Global ids: which number stands for which type. Numbers are part of every id ever given out and never change."""

from __future__ import annotations

from enum import IntEnum

from hub.models import Aggregate, TaskKind


class TypeNumber(IntEnum):
    """The first byte of a global id. Tasks have one per kind, since a derived task has its object's bytes."""

    ORGANIZATION = 1
    MEMBER = 2
    LIAISON = 3
    OUTFLOW_STATEMENT = 4
    INFLOW_STATEMENT = 5
    MATCH_CANDIDATE = 6
    TRANSFER = 7
    DISCREPANCY = 8
    IMPORT_RUN = 9
    ACTIVITY = 10
    PARTICIPATION = 11
    INQUIRY = 12
    EXEMPTION = 13
    ACTIVITY_CARD = 14
    APPRAISAL = 15
    APPRAISAL_OPINION = 16


TASK_NUMBERS = {
    TaskKind.STILL_AWAY: 32,
    TaskKind.REMARK: 33,
    TaskKind.UNREADABLE: 34,
    TaskKind.TRANSFER_ELIGIBLE: 35,
    TaskKind.MATCH: 36,
    TaskKind.DENIAL: 37,
    TaskKind.DISCREPANCY: 38,
    TaskKind.NO_ARRIVAL: 39,
    TaskKind.NO_DEPARTURE: 40,
    TaskKind.LEAVING: 41,
    TaskKind.RETURN_VISIT: 42,
    TaskKind.TRANSFER_STEP: 43,
    TaskKind.RECEIPT: 44,
    TaskKind.NATIONAL_SYSTEM_DATE: 45,
    TaskKind.LETTER_EXPIRED: 46,
    TaskKind.RETURNED_NOT_CLOSED: 47,
    TaskKind.TWO_MEMBERS: 48,
    TaskKind.PARTICIPATION_UNACKNOWLEDGED: 49,
    TaskKind.SELF_REPORT: 50,
    TaskKind.DISPUTE: 51,
    TaskKind.ABSENCE_UNHEARD: 52,
    TaskKind.INQUIRY: 53,
    TaskKind.INQUIRY_OVERDUE: 54,
    TaskKind.SEARCH: 55,
    TaskKind.LOST_BUT_ACTIVE: 56,
    TaskKind.LATE_ACCEPTANCE: 57,
}


def of_aggregate(aggregate: Aggregate) -> TypeNumber:
    """Return the number of the type that an event's record has."""
    return _AGGREGATES[aggregate]


_AGGREGATES = {
    Aggregate.OUTFLOW_STATEMENT: TypeNumber.OUTFLOW_STATEMENT,
    Aggregate.INFLOW_STATEMENT: TypeNumber.INFLOW_STATEMENT,
    Aggregate.MATCH_CANDIDATE: TypeNumber.MATCH_CANDIDATE,
    Aggregate.TRANSFER: TypeNumber.TRANSFER,
    Aggregate.DISCREPANCY: TypeNumber.DISCREPANCY,
    Aggregate.MEMBER: TypeNumber.MEMBER,
    Aggregate.ORGANIZATION: TypeNumber.ORGANIZATION,
    Aggregate.IMPORT_RUN: TypeNumber.IMPORT_RUN,
    Aggregate.ACTIVITY: TypeNumber.ACTIVITY,
    Aggregate.PARTICIPATION: TypeNumber.PARTICIPATION,
    Aggregate.INQUIRY: TypeNumber.INQUIRY,
    Aggregate.EXEMPTION: TypeNumber.EXEMPTION,
    Aggregate.ACTIVITY_CARD: TypeNumber.ACTIVITY_CARD,
    Aggregate.APPRAISAL: TypeNumber.APPRAISAL,
    Aggregate.APPRAISAL_OPINION: TypeNumber.APPRAISAL_OPINION,
}
