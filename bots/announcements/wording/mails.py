"""What readers read."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_

# Translators: subject of a mail whose text has no first line to take it from
NEWS = N_("News of {network}")
ORIGINAL = N_("This message was not translated yet. You see it in the original: {language}.")
WHY = N_("You get this mail because you asked for the news of {network}.")
LEAVE = N_("You want no more mails? Open this page and press the button:")
# Translators: a link
LEAVE_LINK = N_("End the mails")
IMPRINT = N_("Imprint")
PUBLISHED = N_("Published on {date}")
# Translators: subject of a mail that holds several messages
DIGEST = N_("What was new at {network}")

# Translators: subject of the mail that asks whether somebody wants mails
CONFIRM = N_("Do you want the news of {network}?")
ASKED = N_("Somebody asked for the news of {network} at this address. Was it you?")
PRESS = N_("Then open this page and press the button:")
# Translators: a link
PRESS_LINK = N_("Yes, send me the news")
NOT_YOU = N_(
    "If it was not you, do nothing: you will get no news. If somebody asks again, this mail comes "
    "once more at most. After {days} days your address is deleted."
)
CONSENT = (ASKED, PRESS, NOT_YOU)
"""What people rely on."""
