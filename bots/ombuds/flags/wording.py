"""What people read about flags: in rooms, in private, as moderators and as staff."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, Paragraphs

_OTHERS_SEE = N_(
    "Others may see the 🚩 for a moment. Later the history of the room still shows that a reaction "
    "of yours was removed. To leave no trace here, send me the link of the message in a private "
    "chat instead."
)
_MAY_REMOVE = N_(
    "I need to be allowed to remove the reactions of others: power level {level} in this room, "
    "that of a moderator. Then write {on}."
)

# Translators: the name of a private chat, in the list of chats and on a lock screen, where nothing
# may tell that somebody has flagged a message
CHAT = N_("{office}: a question for you")
# Translators: the name of a room in which those who moderate other rooms read what was flagged
FLAGGED = N_("{office}: flagged messages")

ROOMS: dict[str, Paragraphs] = {
    "flags-hello": N_(
        "Hello. I am the account of the ombuds office, an independent office for complaints. "
        "Those who moderate this room can turn on flags here with {on}. I keep nothing of what "
        "is written here."
    ),
    "flags-on": (
        N_(
            "Flags are on in this room. Is a message hurtful, or is it about something bad in an "
            "accommodation? React to it with 🚩. I remove the 🚩 at once and ask you in a private "
            "chat what it is about."
        ),
        N_(
            "There you decide who is told: those who moderate this room, the ombuds office, or "
            "nobody. I do not tell them your name."
        ),
        _OTHERS_SEE,
        N_("I keep nothing of what is written here. {off} turns flags off."),
    ),
    "flags-off": N_(
        "Flags are off in this room. A 🚩 is an ordinary reaction, and everybody can see it. "
        "Those who moderate this room can turn flags on with {on}."
    ),
    "flags-powerless": (N_("I cannot turn flags on yet."), _MAY_REMOVE),
    "flags-lost": (
        N_(
            "I can no longer remove reactions here, so flags are off. A 🚩 stays and everybody can "
            "see it. Whoever added one can remove it."
        ),
        _MAY_REMOVE,
    ),
    "flags-unused": N_(
        "Flags have been off here for a while, so I leave this room. Those who moderate it can "
        "invite me again at any time."
    ),
    "flags-moderators-only": N_("Only those who moderate this room can decide this."),
    "flags-plain": N_(
        "This command was not encrypted and was not carried out. Please send it again, encrypted."
    ),
}

_CHOICES = (
    N_("What is it about? Tap one of the signs below this message, or answer with a word:"),
    N_(
        "💬 {message} – the message itself. Those who moderate the room are told, without your "
        "name."
    ),
    N_(
        "🏠 {accommodation} – an accommodation, or people who have power there. The ombuds office "
        "is told, without your name."
    ),
    N_("✖️ {nothing} – nothing, or a mistake. I forget it."),
    N_("If you do not answer within 7 days, I forget it and nobody is told."),
)

PRIVATE: dict[str, Paragraphs] = {
    "flag-question": (N_("You have flagged a message with 🚩: {link}"), *_CHOICES),
    "flag-questions": (
        N_("You have flagged {count} messages with 🚩. The first one: {link}"),
        *_CHOICES,
    ),
    "flag-passed": (
        N_("Thank you. Those who moderate the room are told, without your name."),
        N_("To tell the ombuds office something as well, write it here."),
    ),
    "flag-nobody": N_(
        "There is nobody in that room whom I could tell: nobody moderates it apart from you and "
        "the person who wrote the message, or the message cannot be found. To tell the ombuds "
        "office, answer {accommodation}. To tell nobody, answer {nothing}."
    ),
    "flag-ours": N_("That message is mine. Nobody is told of it."),
    "flag-forgotten": N_("I have forgotten it. Nobody is told."),
    "flag-closed": N_(
        "This question is closed. You can flag the message again, or write here what you want "
        "to tell the ombuds office."
    ),
    "flag-unknown": N_(
        "I cannot find this message, or flags are not on in its room. Send the link of a message "
        "from a room where they are, or write here what has happened."
    ),
    "flags-not-here": N_("Flags are turned on in a room, by those who moderate it. Not here."),
    "evidence-ask": N_(
        "The ombuds office sees who wrote the message, and a link to it, but not its text. May it "
        "read the text? Then answer {show}. If not, you need not do anything."
    ),
    "flag-open": N_(
        "My question about what you flagged is still open. React to it with 💬, 🏠 or ✖, or "
        "reply to it with {message}, {accommodation} or {nothing}."
    ),
    "evidence-open": N_(
        "The text of the flagged message has not been shown to the ombuds office. May the office "
        "read it? Then reply {show} to my question. A reaction is not enough, because servers can "
        "set one in your name. If not, you need not do anything."
    ),
    "evidence-shown": N_("The ombuds office can read the message now."),
    "evidence-kept": N_("The ombuds office is not shown the text."),
    "evidence-failed": N_(
        "I could not read the message. If you like, copy its text into this chat."
    ),
    "evidence-medium": N_(
        "The message is not text, so the ombuds office cannot be shown it. If you like, say in "
        "this chat what is to be seen or heard there."
    ),
}

MODERATORS: dict[str, Paragraphs] = {
    "moderators-told": (
        N_("Somebody has flagged something in a room that you moderate:"),
        "{lines}",
        N_(
            "Please look at it, and decide what is to be done: talk with the person, remove the "
            "message, or leave it. I do not say who flagged it. Please do not try to find out."
        ),
        N_(
            "Nobody reads what you write here. To write to the ombuds office, start a private chat"
            " with this account."
        ),
    ),
    "moderators-line": "{mark} {link}",
    # Translators: this rings on a lock screen, so it tells nothing of what it is about
    "ring-moderators": N_("There is something new for you here."),
}

STAFF: dict[str, Paragraphs] = {
    "flagged": (N_("The person has flagged this in a room:"), "{lines}"),
    "flagged-in": (N_("The person has flagged this in the room {room}:"), "{lines}"),
    "flagged-line": "{author} · {link} {note}",
    # Translators: a message, after its link
    "flagged-gone": N_("(deleted in the meantime)"),
    "flagged-unread": N_("(could not be read here)"),
    "flagged-medium": N_("(not text, so it cannot be shown here)"),
    "evidence": (N_("What {author} wrote, shown by the person who flagged it: {link}"), "{text}"),
    "evidence-beneath": (
        N_(
            "What {author} wrote beneath something that is not text ({kind}), shown by the person "
            "who flagged it: {link}"
        ),
        "{text}",
    ),
    "evidence-unreadable": N_(
        "The person wants to show this message, but it could not be read here: {link}"
    ),
}
