"""of which state of its ticket a look at what it shows was"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shown", sa.Column("as_of", sa.String(32), nullable=True))


def downgrade() -> None:
    op.drop_column("shown", "as_of")
