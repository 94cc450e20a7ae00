"""What an admin sets of announcements."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Literal

from config.reading.sections import Section
from config.values.fields import Duration, TimeOfDay

DigestDay = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "daily"
]


class Announcements(Section):
    """When announcements leave."""

    undo: Duration = timedelta(minutes=2)
    """How long a release can be taken back; only then the first mail leaves."""
    digest_on: DigestDay = "friday"
    """The day of the digest, for those who do not want each announcement at once."""
    digest_at: TimeOfDay = time(17)
    """The time of the digest."""
