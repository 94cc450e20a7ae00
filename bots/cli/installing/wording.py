"""What `buendnis init` asks and says, in English, for the catalogues."""

from __future__ import annotations

from bots.runtime.speech.words import N_

INTRO = N_(
    "Ten questions. The Enter key takes what is in brackets. Nothing is written before you "
    "have seen everything and agreed."
)

# -- the questions -------------------------------------------------------------------------------

NAME = N_("What is your alliance called?")
LANGUAGES = N_("Which languages does it speak? The first one is used in the rooms for everybody.")
DOMAIN = N_(
    "Which internet domain is yours? It is part of everybody's address on Matrix and can never be "
    "changed."
)
HOSTS = N_(
    "Under which three names shall this server be found: for Matrix, for the chat in the browser, "
    "for the web pages?"
)
WEBSITE = N_("Does {domain} already show a website that lies on another server? Yes or no.")
COORDINATOR = N_("Which name will you have on Matrix? You are the first coordinator.")
CONTACT = N_(
    "At which mail address can people reach you? It is shown in the imprint, and Let's Encrypt "
    "writes to it if a certificate runs out."
)
IMPRINT = N_("Who answers for the network by law? Organisation; address; person.")
MAIL = N_(
    "Which mail server sends your announcements, and with which user name? Leave it empty to set "
    "it up later."
)
STAFF = N_(
    "Who belongs to the ombuds office? At least two Matrix names. Leave it empty if the office "
    "runs on another machine, or starts later."
)
OFFICE_INTRO = N_(
    "Questions about the ombuds office alone. The Enter key takes what is in brackets. Nothing is "
    "written before you have seen everything and agreed."
)
OFFICE = N_(
    "What is the office called? The name shows on lock screens, so it should give nothing away."
)
ACCOUNT = N_("Which account does the office have on Matrix?")
SERVER = N_("Where is the homeserver of this account?")
TEAM = N_("Who belongs to the ombuds office? At least two Matrix names on the same server.")
MACHINE = N_(
    "Who runs this machine? Write a name that people know. Whoever runs it could open what the "
    "office stores."
)
HOMESERVER = N_("Who runs the homeserver? Best is somebody else.")
NETWORK = N_(
    "Does whoever runs the machine belong to the network about whose people others complain? Yes "
    "or no."
)
PASSWORD = N_("What is the password of {user}? It is not shown while you type.")
EXAMPLE = N_("Example: {example}")
# Translators: an answer to a question, in the words that `buendnis init` takes.
YES, NO = N_("yes"), N_("no")

# -- what is wrong with an answer ----------------------------------------------------------------

NO_NAME = N_("Please write one line, with at most {n} characters.")
NO_LANGUAGE = N_("I don't know the language {given}. Please choose from: {known}")
NO_DOMAIN = N_("{given} is not a domain. Please write only the name, such as {example}.")
NO_HOSTS = N_("Please write three different names with spaces between them, such as {example}.")
NO_YES = N_("Please write yes or no.")
NO_PERSON = N_("{given} is not a Matrix name on your server. Please write it like this: {example}")
SERVICE_NAME = N_("{given} is used by the network itself. Please choose another name.")
NO_ADDRESS = N_("{given} is not a mail address. Please write it like this: {example}")
NO_IMPRINT = N_("Please write three parts with semicolons between them, such as: {example}")
NO_MAIL = N_("Please write the server and the user name, such as {example}, or nothing at all.")
NO_PASSWORD = N_(
    "The password of {user} is missing. Please write it, or leave out the mail server."
)
NO_ACCOUNT = N_("{given} is not an account on Matrix. Please write it like this: {example}")
NO_SERVER = N_("{given} is not the address of a server. Please write it like this: {example}")
TOO_FEW = N_("An ombuds office needs at least two people. Please name another one, or nobody.")
UNKNOWN = N_("{given} is not among the questions. These are: {known}")

# -- the end -------------------------------------------------------------------------------------

SUMMARY = N_("This is what you have answered:")
FILES = N_("These files will be in {folder}:")
NEW = N_("+ is new.")
KEPT = N_("= is there already and stays as it is.")
DIFFERS = N_(
    "≠ differs from your answers and stays as it is. With --replace it is written anew, and the "
    "old one is kept beside it."
)
REPLACED = N_("! is written anew; the old one is kept beside it.")
CONFIRM = N_("Shall I write them? Yes or no.")
NOTHING = N_("Nothing was written.")
WRITTEN = N_(
    "Done. Only you can read these files; the folder secrets opens everything, so never send it to "
    "anybody. Next, set the entries that are listed in {file}."
)
WAY_IN = N_(
    "Once everything runs, invite people with this link. It opens a chat with the account that "
    "welcomes them: {link}"
)
CODES = N_(
    "One code for each person in the ombuds office; it is shown only now. Hand it over in person, "
    "on paper: whoever has it is taken for that person. It is written once in the office's room, "
    "within 60 days."
)
OFFICE_WRITTEN = N_(
    "Done. Only you can read these files; never send them to anybody. Whoever runs the homeserver "
    "makes the account {account}, with the password in {file}."
)
HELD = N_(
    "The office tells people before they write that {holder} could open what it stores. A machine "
    "and a homeserver that others run protect them better."
)
CANNOT = N_("{path} can't be written ({reason}). Please choose a folder that belongs to you.")

# -- the entries in the DNS ----------------------------------------------------------------------

DNS_HEAD = N_(
    "Set these entries where your domain is managed. In place of 203.0.113.1 write the address of "
    "this server; if it has an IPv6 address as well, add an AAAA entry for each name."
)
DNS_MAIL = N_(
    "So that your mails arrive. If there is an entry that begins with v=spf1 already, keep it and "
    "ask your mail provider what to add."
)
DNS_WEBSITE = N_(
    "Your website must show two files, so that others find your Matrix server. Put the folder "
    "well-known there as {place}, and let {file} be read by every website (header {header})."
)
