"""What the pages about news by mail say, in English, for the catalogues."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_
from bridges.email.addresses import Fault

NEWS = N_("News by e-mail")
NEWS_MORE = N_("You get our news by e-mail, in your language. You need no account for it.")
GET_NEWS = N_("Get the news")

NEWS_HERE = N_("News")
READ_NEWS = N_("Read the news")
NO_NEWS = N_("There is nothing yet. Please come back another day.")
PUBLISHED = N_("Published on {date}")

ADDRESS = N_("Your e-mail address")
FAULTS = {
    Fault.AT: N_("The sign @ is missing in the address."),
    Fault.SEVERAL: N_("Please write one address only, with one @."),
    Fault.SPACE: N_("There is a space in the address."),
    Fault.SIGNS: N_("Please write the address without quotation marks, brackets and commas."),
    Fault.NAME: N_("The part before the @ is missing."),
    Fault.DOTS: N_(
        "Before the @ the address can't begin or end with a dot, and can't have two dots in a row."
    ),
    Fault.LETTERS: N_("Before the @ only the letters a to z, digits and a few signs are possible."),
    Fault.DOMAIN: N_("The part after the @ is missing or incomplete."),
    Fault.LONG: N_("The address is too long."),
}
ADDRESS_WRONG = N_("Please check the e-mail address. It looks like this: {example}")
MAIL_LANGUAGE = N_("Language of the mails")
KIND = N_("When do you want mails?")
IMMEDIATE = N_("Each message at once")
DIGEST = N_("Several messages together in one mail")
CONSENT = N_(
    "When you press the button, you agree that {network} keeps your e-mail address and sends you "
    "news. You can end this at any time, with a link in every mail."
)

SENT = N_("Please look into your mailbox")
SENT_MORE = N_("We are sending you a mail with a link. Open it and press the button there.")
SENT_NOTHING = N_("No mail after an hour? Look among the spam, or ask for the news again.")

CONFIRM = N_("Do you want our news by e-mail?")
CONFIRM_MORE = N_("You did not ask for this? Then close this page, and you get nothing.")
CONFIRM_BUTTON = N_("Yes, send me the news")
CONFIRMED = N_("Thank you")
CONFIRMED_MORE = N_("From now on you get our news by e-mail.")
CONFIRMED_LATE = N_("If your link was too old, nothing comes. Then ask for the news again.")

UNSUBSCRIBE = N_("Do you want no more mails?")
UNSUBSCRIBE_MORE = N_("Press the button, and we send you no more news.")
UNSUBSCRIBE_BUTTON = N_("End the mails")
UNSUBSCRIBED = N_("You get no more mails")
UNSUBSCRIBED_MORE = N_("A mail that is already on its way may still arrive.")
