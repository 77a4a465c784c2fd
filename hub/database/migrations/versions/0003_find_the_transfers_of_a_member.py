"""find the transfers of a member."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index(op.f("ix_transfer_member_id"), "transfer", ["member_id"], unique=False)
