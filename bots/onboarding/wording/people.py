"""What somebody reads who comes to the network."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, Paragraphs

_CHOOSE = N_("To choose your language, write its name: {languages}")
_ANSWER = N_(
    "Do you agree? Then react to this message with ✅, or write {yes}. If you do not agree, react "
    "with ❌ or write {no}."
)
_KEPT = N_(
    "If you agree, I store, encrypted: your Matrix address, your language, the day you agreed, "
    "and the groups you choose. Write {erase} at any time, and I erase it."
)
# Translators: the name of a private chat, in the list of chats
CHAT = N_("Welcome: {network}")
# Translators: shown to somebody who asked to join, when coordinators decline
DECLINED = N_(
    "Thank you for your interest in {network}. We cannot let you in at the moment. You are "
    "welcome to ask again later."
)
# Translators: shown in the list of rooms of somebody who has left
AS_WISHED = N_("You have left {network}, as you wished.")
# Translators: shown in the list of rooms of somebody who has to leave a room
OUTSIDE = N_("You are no longer in {network}, and so not in this room either.")
# Translators: to somebody who asks to join a group and is not in the network so far
JOIN_FIRST = N_(
    "This group belongs to {network}. First write to {account}: there you are shown the rules and "
    "let in. Then choose this group there."
)

PEOPLE: dict[str, Paragraphs] = {
    "hello": (
        N_("Hello and welcome! I am a program that helps you get started in {network}."),
        _CHOOSE,
    ),
    "rules": (N_("These are the rules of {network}:"), "{rules}", _KEPT, _ANSWER),
    "rules-none": (_KEPT, _ANSWER),
    "rules-changed": (
        N_("The rules of {network} have changed. Please read them again:"),
        "{rules}",
        _ANSWER,
    ),
    "rules-again": (
        N_("These are the rules of {network}:"),
        "{rules}",
        N_("You agreed to them on {time}."),
    ),
    "accepted": (N_("Thank you! You are in now."), "{invited}"),
    "invited": (
        N_("You are invited to: {rooms}"),
        N_(
            "The invitations come one by one and wait in your list of rooms. Tap each of them, and "
            "accept it."
        ),
    ),
    "press-again": N_(
        "You were let in to {network}. If your app says that it did not work, wait a minute "
        "and tap the invitation again. You can also open this link: {link}"
    ),
    "accepted-again": N_("Thank you! Everything stays as it is."),
    "waiting": (
        N_("Thank you! People of {network} will decide about your request. I tell you here."),
        N_("They see your account and what you wrote to me. To tell them more, write it here."),
        "{banned}",
    ),
    "waiting-banned": N_("You are banned at the moment. They see that, too."),
    "waiting-denied": N_(
        "The server of your account is kept out at the moment. They see that, too."
    ),
    "refused": N_(
        "That is fine. You are not invited to any room. If you change your mind, react with ✅ "
        "or write {rules}."
    ),
    "declined": DECLINED,
    "choose": (
        N_(
            "Which groups or topics interest you? Write their numbers or names, several if you "
            "like. To decide another time, write {later}."
        ),
        "{options}",
    ),
    "choose-again": (
        N_("I did not find “{text}”. Please write numbers or names from this list, or {later}:"),
        "{options}",
    ),
    "option": "{number}. {name}",
    "option-about": "{number}. {name} ({about})",
    "chosen": (
        "{known}",
        "{asked}",
        "{invited}",
        "{elsewhere}",
        N_("To choose again, write {topics}."),
    ),
    "chosen-known": N_("Thank you! They know that you are coming: {names}"),
    "chosen-asked": N_(
        "Thank you! The contacts of these groups decide whether to let you in. I tell you "
        "here: {names}"
    ),
    "elsewhere": (
        N_(
            "{initiative} runs its rooms itself. To come in, open this link and join there, or ask "
            "to join:"
        ),
        "{link}",
    ),
    "elsewhere-later": N_("{initiative} runs its rooms itself. Its contacts will write to you."),
    "let-in": (N_("{initiative} has let you in."), "{invited}"),
    "not-let-in": N_(
        "{initiative} cannot let you in at the moment. To choose other groups, write {topics}."
    ),
    "chosen-partly": (
        "{known}",
        "{asked}",
        "{invited}",
        "{elsewhere}",
        N_("I did not find: {text}"),
        N_("To choose again, write {topics}."),
    ),
    "later": N_("That is fine. To choose groups or topics, write {topics} at any time."),
    "reminder": N_(
        "A short reminder, the only one: you have not answered yet whether you agree to the "
        "rules of {network}. Write {yes} to agree, or {rules} to read them again. If you do "
        "not want to, you need not do anything."
    ),
    "language-set": N_("From now on we write to you in this language."),
    "help": (N_("I am a program. This is what I can do:"), "{lines}", _CHOOSE),
    # Translators: what a command does, after its name and a dash
    "help-rules": N_("shows the rules"),
    "help-topics": N_("lets you choose groups and topics"),
    "help-leave": N_("takes back that you agreed to the rules, and takes you out of the rooms"),
    "help-erase": N_("erases what I know about you"),
    "rules-open": (
        N_(
            "I did not understand that as an answer. Do you agree to the rules? Then write {yes}, "
            "else {no}. To read them again, write {rules}."
        ),
        "{kept}",
    ),
    "rules-kept": N_(
        "If you agree, the people who decide about your request also read what you write here."
    ),
    "leave-open": N_(
        "I did not understand that as an answer. Do you want to leave {network}? Then write "
        "{yes}, else {no}."
    ),
    "erase-open": N_(
        "I did not understand that as an answer. Shall I erase what I know about you? Then "
        "write {yes}, else {no}."
    ),
    "added": N_(
        "Thank you. Those who decide about your request can read this now. I tell you here "
        "what they decide."
    ),
    "not-understood": N_(
        "I am a program and did not understand this. To see what I can do, write {help}."
    ),
    "leave-ask": N_(
        "Do you want to leave {network}? Then I take you out of all its rooms. To come back later, "
        "you have to ask again. To confirm, react to this message with ✅, or write {yes}."
    ),
    "left": (
        N_("You have left {network}. Thank you for having been here!"),
        "{beyond}",
        "{kept}",
        N_("If you would like to come back, write {rules}."),
    ),
    "gone": (
        N_(
            "You have left {network}, so I took you out of its rooms. To come back, write {rules}: "
            "then its coordinators decide."
        ),
        "{beyond}",
        "{kept}",
    ),
    "removed": (
        N_(
            "You were taken out of {network}, so I took you out of its rooms, too. To ask whether "
            "you can come back, write {rules}."
        ),
        "{beyond}",
        "{kept}",
    ),
    "banned": (
        N_(
            "You were banned from {network}, so I took you out of its rooms. To ask whether you "
            "can come back, write {rules}."
        ),
        "{beyond}",
    ),
    "beyond": N_(
        "These groups run their rooms themselves, and I cannot take you out there. Please "
        "leave those rooms yourself: {names}"
    ),
    "seat-kept": N_(
        "You are a contact or coordinator, so you are still in these rooms. If you do not want "
        "that, please leave them yourself: {rooms}"
    ),
    "leave-yourself": N_("I could not take you out of a room. Please leave it yourself: {room}"),
    "out-of-initiative": N_(
        "You are no longer in the group {initiative}, so I took you out of its rooms."
    ),
    "erase-ask": (
        N_(
            "Shall I erase what I know about you: your Matrix address, your language, that you "
            "agreed to the rules, and the groups you chose? You stay in your rooms. If you want to "
            "leave them, write {leave} first."
        ),
        N_("To confirm, react to this message with ✅, or write {yes}."),
    ),
    "erased": N_(
        "What I knew about you is erased. I leave this chat now. If you need me, write to me again."
    ),
    "kept": N_("All right, everything stays as it is."),
    "yes-gone": N_(
        "You have removed your ✅. Nothing has changed so far. To leave, write {leave}."
    ),
    "text-only": N_("I can only read text. Please write it in words."),
    "edited": N_("I do not read changes to a message. Please write it again, as a new message."),
    "send-again": N_("Your message could not be read here. Please send it again."),
    "private-only": N_(
        "I talk with each person alone. Please start a private chat with me, without others."
    ),
}
