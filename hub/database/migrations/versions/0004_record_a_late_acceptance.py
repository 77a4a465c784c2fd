"""record a late acceptance."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TASKS = (
    "STILL_AWAY REMARK UNREADABLE TRANSFER_ELIGIBLE MATCH DENIAL DISCREPANCY NO_ARRIVAL NO_DEPARTURE "
    "LEAVING RETURN_VISIT TRANSFER_STEP RECEIPT NATIONAL_SYSTEM_DATE LETTER_EXPIRED RETURNED_NOT_CLOSED "
    "TWO_MEMBERS LATE_ACCEPTANCE PARTICIPATION_UNACKNOWLEDGED SELF_REPORT DISPUTE ABSENCE_UNHEARD INQUIRY "
    "INQUIRY_OVERDUE SEARCH LOST_BUT_ACTIVE"
)


def upgrade() -> None:
    op.add_column("transfer", sa.Column("late_accepted_on", sa.Date(), nullable=True))
    op.add_column("transfer", sa.Column("late_settled_on", sa.Date(), nullable=True))
    listed = ", ".join(f"'{word}'" for word in TASKS.split())
    op.drop_constraint(op.f("ck_question_kind_is_known"), "question")
    op.create_check_constraint(op.f("ck_question_kind_is_known"), "question", f"kind in ({listed})")
