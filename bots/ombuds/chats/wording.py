"""What people who write to the office read."""

from __future__ import annotations

from bots.ombuds.settings import NOTICES
from bots.runtime.speech.phrases import N_, Paragraphs

WITH_ORIGINAL = frozenset(
    {
        *NOTICES,
        "reporter-help",
        "reporter-unknown",
        "text-only",
        "delete-nothing",
        "send-again",
        "not-alone",
        "chat-clear",
        "link-offer",
        "receipt-ask",
        "forget-soon",
        "erase-ask",
        "erase-announced",
        "flags-on",
        "flag-question",
        "flag-questions",
        "flag-passed",
        "flag-nobody",
        "flag-closed",
        "flag-unknown",
        "flag-open",
        "evidence-ask",
        "evidence-open",
        "evidence-failed",
        "blocked",
    }
)
"""Phrases that people rely on when they complain: never shown in an unchecked translation alone."""

LONG = NOTICES
"""Those whose originals would fill another screen and ask nothing."""

_EMERGENCY = N_("This is no emergency service. If you need help at once, call: {helplines}")
_CHOOSE = N_("To choose your language, write its name: {languages}")
_KEEP = N_(
    "Write it on paper, and nothing else beside it. Show it to nobody: whoever has it can read our "
    "answers. We never ask for it ourselves."
)
_SHARED = N_(
    "Do other people use this phone? When you have the number on paper, write {noted}: then we "
    "delete this message."
)
_USE = N_("On another phone, start a private chat with us and type the number there.")
_TAKE_BACK = N_(
    "To take a message back, delete it here: staff no longer see it. It is erased after 3 days, "
    "or at once if you write {delete}. If somebody is in danger, the office may keep it once, for "
    "30 days at most."
)

_STORED = N_(
    "We store it encrypted. Whoever runs our computer could open it. The state can seize it and "
    "have us testify. Planned very serious crimes we must report."
)
_STORED_ONE_HAND = N_(
    "We store it encrypted. {holder} runs our computer and our server, and could open it. The "
    "state can seize it and have us testify. Planned very serious crimes we must report."
)
_STORED_NETWORK = N_(
    "We store it encrypted. {holder} belongs to this network, runs our computer, and could open "
    "it. The state can seize it and have us testify. Planned very serious crimes we must report."
)


def _notice(stored: str) -> Paragraphs:
    return (
        N_("Hello. This is the ombuds office. Write here in your own language what has happened."),
        N_(
            "It stays confidential: only our team reads it, without your name or account. Only if "
            "life is in danger, two of them may look these up. It is not anonymous: our computer "
            "knows your account."
        ),
        stored,
        N_(
            "The server of your account sees when you write to us; in an encrypted chat, not what. "
            "Whoever runs it could take over your account, and read and write in your name. If you "
            "fear that, use another server."
        ),
        N_(
            "We are not the asylum authority, police or court, and stop no deadline. If a letter "
            "sets you one, seek advice at once."
        ),
        _TAKE_BACK,
        _EMERGENCY,
        _CHOOSE,
    )


REPORTER: dict[str, Paragraphs] = {
    "notice": _notice(_STORED),
    "notice-one-hand": _notice(_STORED_ONE_HAND),
    "notice-network": _notice(_STORED_NETWORK),
    "arrived": (
        N_("Thank you. Your message has arrived. Your number is {number}."),
        N_("Our team will answer here, in this chat. To add something, write again."),
    ),
    "arrived-flagged": (
        N_(
            "Thank you. What you flagged has arrived as a matter of its own. Its number is "
            "{number}."
        ),
        N_(
            "People of the ombuds office will read it. Their answer will come here, into this chat."
        ),
        N_(
            "What you write here next is added to it. To add to another matter, reply to a message "
            "that names its number."
        ),
    ),
    "acknowledged": N_("Thank you. This was added to your matter, number {number}."),
    "language-set": N_("From now on we write to you in this language."),
    "reporter-help": (
        N_("Write here what has happened. People of the ombuds office read it and answer here."),
        N_("To start a new matter, write {command}."),
        N_(
            "For a new secret number, with which you can go on from another phone, write {receipt}."
        ),
        N_("To have everything erased that you have written to us, write {erase}."),
        "{single}",
    ),
    "team-single": N_(
        "At the moment one person alone works in this office. While that person is away, nobody "
        "reads what you write."
    ),
    "reporter-unknown": (
        N_("There is no command {word}."),
        "{guess}",
        N_("To tell us something, simply write it. {help} shows what you can do here."),
    ),
    "new-matter": N_("Your next message starts a new matter."),
    "deleted": N_("What you had taken back is erased."),
    "deleted-later": N_(
        "The office keeps what you have taken back until {time}, because somebody may be in "
        "danger. Then it is erased."
    ),
    "delete-nothing": N_(
        "We keep nothing that you have taken back. To take a message back, delete it in this chat. "
        "If you then write {command}, it is erased at once."
    ),
    "erase-ask": (
        N_(
            "This erases everything that you have written in this chat, all our answers, and who "
            "you are. It cannot be undone, and we can't go on with your matter then."
        ),
        N_("{delete} only erases messages that you have deleted here."),
        N_("If you want everything erased, write within a day: {command}"),
    ),
    "erased-all": N_(
        "Everything is erased. We now leave this chat. To write to us again, start a new chat."
    ),
    "erased-but": N_(
        "The office still has to keep the matter {numbers}, because there is a reason for it. It "
        "is erased after {date}. Who you are is forgotten now, and all else is erased. We now "
        "leave this chat. To write to us again, start a new chat."
    ),
    "erase-announced": (
        N_(
            "Somebody has asked our team to erase everything of yours: your matters, our answers, "
            "and who you are. That happens at {time}. It cannot be undone."
        ),
        N_("If you do not want this, write to us here before then."),
    ),
    "erase-stopped": N_("You have written, so nothing of yours is erased."),
    "text-only": N_(
        "For now we can only read text here. Your picture, file or recording was not passed on. "
        "Please describe it in words, or write that you would like to meet someone."
    ),
    "send-again": N_("Your message could not be read here. Please send it again."),
    "not-known-yet": N_(
        "We are still finding out whether this comes from your own device. Please send it again in "
        "a few minutes."
    ),
    "not-alone": N_(
        "Another person is in this chat or is invited to it. Until that person has left, the "
        "office does not answer here. You can also start a new private chat with us."
    ),
    "chat-clear": N_(
        "This chat is not encrypted, so servers could read what we say here. We have invited you "
        "to another chat, which is encrypted: please join it. We answer there, and you can write "
        "there."
    ),
    "alone-again": N_("Nobody else is in this chat any more. The office can answer here again."),
    "link-offer": (
        N_(
            "You also wrote to us about a matter that is closed: number {before}. The office does "
            "not know that both are from you."
        ),
        N_("If it should know, write {link}. If not, do nothing."),
    ),
    "linked": N_("The office now knows that number {number} and number {before} are from you."),
    "link-unknown": N_(
        "I did not find that number among your other matters. Write the command with the number "
        "that you were told: {link}"
    ),
    "answer": (N_("Answer from the ombuds office to your matter, number {number}:"), "{text}"),
    # Translators: these ring on her lock screen, so they tell nothing of what it is about
    "ring-answer": N_("You have an answer."),
    "ring-question": N_("There is a question for you here."),
    "private-only": N_(
        "The ombuds office reads private messages only. To write to it, start a private chat "
        "with this account alone."
    ),
}

RECEIPTS: dict[str, Paragraphs] = {
    # Translators: "secret number" is the same in all of these. The first sentence may show in a
    # list of chats, so it holds no number.
    "receipt": (
        N_(
            "If you lose this phone or get another one: with this secret number you can go on "
            "talking to us, from any phone."
        ),
        "{receipt}",
        _KEEP,
        _SHARED,
        _USE,
    ),
    "receipt-anew": (
        N_("Your old secret number does not count any more. This is your new one:"),
        "{receipt}",
        _KEEP,
        _SHARED,
        _USE,
    ),
    "receipt-exposed": (
        N_(
            "Somebody wrote your secret number in a chat that is not encrypted, where others could "
            "read it. So it does not count any more. This is your new one:"
        ),
        "{receipt}",
        _KEEP,
        _SHARED,
        _USE,
    ),
    "receipt-ask": (
        N_(
            "We do not know this device yet, so we show nothing here of what you may have written "
            "to us before."
        ),
        N_(
            "If you want to go on with that, write your secret number here. If not, all is well: "
            "this is a new matter."
        ),
    ),
    "receipt-deleted": N_(
        "The message with your secret number is deleted here. If you lose the number, write "
        "{receipt}: you get a new one."
    ),
    "receipt-wrong": (
        N_("This secret number is not right. Please compare each digit and write it again."),
        N_(
            "If you don't have the number any more, simply write what has happened. That is a new "
            "matter then."
        ),
    ),
    "receipt-pause": N_(
        "The secret number was wrong several times. You can try again in an hour. You can write "
        "to us about a new matter at any time."
    ),
    "receipt-clear": (
        N_(
            "This chat is not encrypted: others could read the secret number. So it does not count "
            "any more. You get a new one in the chat where you wrote to us before."
        ),
        N_(
            "If you can't open that chat any more, simply write to us what has happened. That is a "
            "new matter then."
        ),
    ),
    "identity-told": (
        N_(
            "On {date} two people of the ombuds office looked up which account your matter, number "
            "{number}, came from. This is their reason:"
        ),
        "{text}",
        N_("Only people of the ombuds office saw it. If you have questions, ask us here."),
    ),
    "forget-soon": (
        N_(
            "Your matters with us are closed. On {date} we forget who you are and leave this chat. "
            "Your secret number does not count any more then."
        ),
        N_(
            "If you still need us for this, write to us here before then. Later you can start a "
            "new chat with us at any time."
        ),
        N_("Do other people use this phone? Then delete this chat after that day."),
    ),
    "receipt-here": N_("This secret number is right. You can simply go on here."),
    "receipt-back": (
        N_("The secret number is right. We go on here, in this chat."),
        "{matters}",
        N_(
            "If other people use this phone, delete your message with the number. Keep the paper: "
            "the number still counts."
        ),
    ),
    "receipt-matters": N_("Your matters with us: {numbers}"),
    "answer-again": (
        N_("This answer came before, to your matter, number {number}:"),
        "{text}",
    ),
    # Translators: somebody else may read this on a phone that was lost
    "chat-over": N_(
        "We do not go on in this chat. If you write here, it is a new matter. If you did not "
        "expect this, tell us so here."
    ),
}
