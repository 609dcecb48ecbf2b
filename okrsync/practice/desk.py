"""What every question of the practice is answered from: the store, the files, and the moment it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from okrsync.model.okr import Okrs
from okrsync.settings import Settings
from okrsync.store import Store


@dataclass(frozen=True)
class Desk:
    """``now`` is aware; nothing here touches a tracker."""

    store: Store
    okrs: Okrs
    settings: Settings
    now: datetime
