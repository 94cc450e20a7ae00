"""What people read in the exchange room and in the rooms they share from."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, NP_, Paragraphs

_WHAT = N_(
    "Hello! From this room you can share messages with the other initiatives. React to a message "
    "of yours with 📣, or answer it with {share}: then I put a copy of it into the exchange room, "
    "with the name of this initiative and a link to here."
)
_FOLLOWS = N_(
    "If you change your message, the copy changes too. If you delete it or take your 📣 away, the "
    "copy is deleted."
)
_NOTHING_ELSE = N_(
    "I keep nothing else of what is written here. Your name is shown only if you want that: write "
    "{named}."
)
_MODERATORS = N_("Those who moderate this room can turn sharing off with {off}.")
_FIND = N_("To look for what was shared, write {find} and a word.")
_ENCRYPTED = N_(
    "This room is encrypted. What you share can be read by everybody in the exchange room. If that "
    "room is not encrypted, its server can read it too."
)

UNASKED = N_("Only contacts of an initiative of the network can ask me into their rooms.")

PARAGRAPHS: dict[str, Paragraphs] = {
    "copy": ("{from}", "{medium}", "{text}", "{cut}", "{link}"),
    "from": N_("From {initiative}:"),
    # Translators: the initiative, which can be trusted, comes before the name, which can't
    "from-named": N_("From {initiative} ({name}):"),
    "medium": N_("With something that is not text: {kind}. You find it in the conversation."),
    "cut": N_("The message is longer. You find the rest in the conversation."),
    # Translators: the text of a link
    "go": N_("To the conversation, for those who are at {initiative}"),
    "go-exchange": N_("To the exchange room"),
    "answers": (
        NP_(
            "There is {n} new answer to this in the exchange room.",
            "There are {n} new answers to this in the exchange room.",
        ),
        "{link}",
    ),
    "hello": (_WHAT, _FOLLOWS, _NOTHING_ELSE, _FIND, _MODERATORS),
    "hello-encrypted": (_WHAT, _FOLLOWS, _ENCRYPTED, _NOTHING_ELSE, _FIND, _MODERATORS),
    "encrypted": _ENCRYPTED,
    "help": (_WHAT, _FOLLOWS, _FIND, _NOTHING_ELSE, _MODERATORS),
    "help-exchange": (
        N_(
            "In this room you read what the initiatives share with each other. Answer a message in "
            "its thread: whoever shared it is told that there are answers."
        ),
        _FIND,
    ),
    "hello-off": (
        N_(
            "Hello! From this room messages can be shared with the other initiatives, but that is "
            "turned off here. I keep nothing of what is written."
        ),
        N_("Those who moderate this room can turn it on with {on}."),
    ),
    "off": N_(
        "Sharing is turned off in this room. What was shared before stays in the exchange room "
        "until its authors delete it."
    ),
    "moderators-only": N_("Only those who moderate this room can decide this."),
    "not-author": N_(
        "Thank you for the 📣! Only the person who wrote a message can share it, with 📣 or by "
        "answering it with {share}."
    ),
    "barred": N_(
        "This is not shared: the person who wrote it is banned from the network or this group."
    ),
    "outside": N_("This is not shared: the person who wrote it has left the network."),
    "not-theirs": N_(
        "Hello! I came because a contact of an initiative asked me in. But I only stay in "
        "rooms that belong to that initiative and that its contact moderates, so I leave "
        "again. I have kept nothing of what is written."
    ),
    "farewell": N_(
        "No contact of the initiative moderates this room any more, so I leave it. What was "
        "shared from here is deleted in the exchange room. A contact can ask me in again."
    ),
    "too-many": N_(
        "{initiative} has asked me into a room that is too large: I come into rooms of up to "
        "{most} people. Please ask me into a smaller one."
    ),
    "shut-out": N_(
        "I could not come into a room of {initiative}. Messages from there can only be shared "
        "if I am in it. One of its contacts can ask me in again."
    ),
    "unreadable": N_(
        "I cannot read this message, perhaps because it was written before I joined. Please write "
        "it again, and share the new one."
    ),
    "which": N_("Which message is meant? Please answer it with {command}."),
    "find-what": N_(
        "Which word are you looking for? Write it after {find}, and I will search the shared "
        "messages."
    ),
    "found": (
        NP_(
            "{n} shared message was found:",
            "{n} shared messages were found, the newest first:",
        ),
        "{hits}",
    ),
    "found-nothing": N_(
        "No shared message was found that holds all of these words. Try fewer words."
    ),
    "find-members": N_(
        "Only people who are in the exchange room, or may join it, can look for shared "
        "messages. Please join it first."
    ),
    "hit": "{link}",
    # Translators: text of a link to a message: who shared it, and on which day
    "hit-label": N_("{initiative}, {date}"),
    "name-is-on": N_("Your name is shown with what you share. To hide it, write {unnamed}."),
    "name-is-off": N_("Your name is not shown with what you share. To show it, write {named}."),
    "name-on": N_("From now on your name is shown with what you share."),
    "name-off": N_("Your name is no longer shown with what you share."),
    "exchange-moved": N_(
        "The exchange room was replaced by another room, which I cannot join yet. What is shared "
        "now waits, and nothing is lost. Please ask whoever runs the network to run “buendnis "
        "apply”, which lets me in."
    ),
    "failed": N_("This could not be shared ({error}). Please try again another day."),
}
