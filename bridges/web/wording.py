"""What the pages say, in English, for the catalogues."""

from __future__ import annotations


def N_(msgid: str) -> str:  # noqa: N802
    """Marks a text for the catalogues, where it can't be translated yet."""
    return msgid


SKIP = N_("To the content")
LANGUAGES = N_("Languages")
TO_START = N_("To the start page")

LEAD = N_("People and initiatives who stand by refugees work together here.")
JOIN = N_("Take part")
JOIN_MORE = N_(
    "Write to us in a chat, in your language. A program answers at once and helps you to get "
    "started. You need an account on Matrix, as with the app Element."
)
OPEN_CHAT = N_("Open the chat")
ORIGINAL = N_("This message was not translated yet. You see it in the original: {language}.")

NOT_CHECKED = N_("Nobody has checked this translation yet. The original text:")

IMPRINT = N_("Imprint")
POSTAL = N_("Postal address")
CONTACT = N_("Contact")
RESPONSIBLE = N_("Responsible for the content")
PRIVACY = N_("Privacy")
PRIVACY_PAGES = N_(
    "These pages set no cookies, load nothing from other servers and keep no list of their "
    "visitors."
)

NOT_FOUND = N_("This page does not exist")
NOT_FOUND_MORE = N_("Perhaps a part of the link is missing. Open it once more from the mail.")
UNCLEAR = N_("We did not understand that")
UNCLEAR_MORE = N_("Please go back and try it again.")
BROKEN = N_("Something does not work here")
BROKEN_MORE = N_("It is not your fault. Please try again in a few minutes.")
