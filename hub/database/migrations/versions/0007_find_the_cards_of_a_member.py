"""find the cards of a member."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_index(op.f("ix_activity_card_member_id"), "activity_card", ["member_id"], unique=False)
    op.create_index(op.f("ix_activity_card_organization_id"), "activity_card", ["organization_id"], unique=False)
