"""What editors read in their room."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, NP_, Paragraphs

_PUBLIC = N_("Then everybody can read it on the web, too: {page}")

ROOM: dict[str, Paragraphs] = {
    "offer": (
        N_("This message can go out by mail. Languages so far: {languages}"),
        "{missing}",
        "{readers}",
        "{digest}",
        "{how}",
        _PUBLIC,
    ),
    "offer-changed": (
        N_("This message can go out by mail. Languages so far: {languages}"),
        "{missing}",
        "{how}",
        _PUBLIC,
    ),
    "how": N_("To send it, react with ✅ or write {command} in this thread."),
    "how-in-words": N_("To send it, write {command} in this thread."),
    "sign-in-words": N_(
        "A reaction does not count here, because servers can set one in anybody's name. To agree, "
        "write {command}."
    ),
    "missing": N_(
        "Not translated: {languages}. To add a translation, answer in this thread and begin "
        "with its language: {example} Without it, people read the original."
    ),
    "readers": NP_("{n} reader gets it at once.", "{n} readers get it at once."),
    "readers-digest": NP_("{n} reader gets it in the digest.", "{n} readers get it in the digest."),
    "pending": (
        N_("This message goes out by mail at {time}, unless somebody takes it back."),
        "{anew}",
        N_("To take it back, react with ❌ or write {command}. To change it, edit it."),
    ),
    "undo-anew": N_(
        "The computer behind this account was started again, so the time has begun anew."
    ),
    "taken-back": N_("Taken back. Nothing was sent. To send it after all, write {command}."),
    "released": N_("Released at {time}. It goes out by mail."),
    "dropped": N_("The message was removed. Nothing is sent."),
    "release-already": N_("This message is released already."),
    "release-late": N_("This message was sent already, or removed."),
    "undo-late": N_(
        "The mails are on their way already. To stop those that still wait, delete the message."
    ),
    "undo-nothing": N_("There is nothing to take back."),
    "edit-late": N_(
        "The mails are on their way already and do not change. To correct something, reply to "
        "the message with a new one."
    ),
    "redact-late": N_(
        "The message was removed here, and will not be in a digest. Mails that were sent "
        "cannot be called back. To correct something, write a new message."
    ),
    "stopped": (
        N_("The message was removed. Mails that still wait are not sent any more."),
        "{sent}",
    ),
    "progress": (N_("Mails: {done} of {total} done."), "{waiting}"),
    "waiting": NP_(
        "{n} mail waits: the mail server asked us to try again later.",
        "{n} mails wait: the mail server asked us to try again later.",
    ),
    "finished": ("{sent}", "{rest}"),
    "no-readers": N_("Nobody has asked for these mails yet."),
    "sent": NP_("Sent to {n} reader.", "Sent to {n} readers."),
    "failed": NP_("{n} mail could not be delivered.", "{n} mails could not be delivered."),
    # Translators: replies are what mail servers said, as numbers ("552 5.2.2, 550 5.7.1")
    "failed-replied": NP_(
        "{n} mail could not be delivered ({replies}).",
        "{n} mails could not be delivered ({replies}).",
    ),
    "gone": NP_(
        "{n} mail was not sent any more: taken back, or the person wants no more mails.",
        "{n} mails were not sent any more: taken back, or the people want no more mails.",
    ),
    "unknown": NP_(
        "Of {n} mail nobody knows whether it has arrived.",
        "Of {n} mails nobody knows whether they have arrived.",
    ),
    "held": (
        N_("{n} of {total} mails were refused. The mail server said: {reply}"),
        N_(
            "So many refusals are not the readers' fault, but that of the mail server or of the "
            "message. The mails wait and are tried again, and nobody was taken off the list. "
            "Please tell whoever runs the network."
        ),
    ),
    "mail-refused": (
        N_("The mail server takes no mails at the moment. It said: {reply}"),
        N_("The mails wait, and leave by themselves as soon as it takes them."),
    ),
    "mail-away": (
        N_("The mail server does not answer at the moment."),
        N_("The mails wait, and leave by themselves as soon as it takes them."),
    ),
    "mail-again": N_("The mail server takes mails again."),
    "mail-none": N_("No mail waits for the mail server any more."),
    "suspended": (
        NP_(
            "{n} address gets no mails for now: twice the mail server said that nobody reads "
            "there ({replies}).",
            "{n} addresses get no mails for now: twice the mail server said that nobody reads "
            "there ({replies}).",
        ),
        N_("To undo this, react with ❌ or reply to this message with {command}."),
    ),
    "suspended-undone": NP_("{n} address gets mails again.", "{n} addresses get mails again."),
    "translation-removed": N_(
        "The translation was removed here and on the web. Mails that still wait show the "
        "original instead. Mails that were sent cannot be called back."
    ),
    "translation-late": N_(
        "The mails are on their way already. A translation cannot be added any more."
    ),
    "translation-same": N_(
        "The message itself is in this language ({language}). To change it, edit it."
    ),
    "translation-unknown": N_(
        "Nobody can choose this language ({language}) for mails. Languages: {languages}"
    ),
    "too-long": N_("The text is empty or too long. A mail has at most {n} characters."),
    "text-only": N_(
        "So far only text goes out by mail. Please describe the picture or file in words."
    ),
    "command-where": N_("Please write {command} in the thread of the message that it is about."),
    "help": (
        N_("What editors write in this room can go out by mail, once somebody releases it."),
        "{lines}",
        N_("To add a translation, answer in the thread of the message, like this: {example}"),
    ),
    "digest-pending": (
        N_("The digest goes out by mail at {time}, unless somebody takes it back."),
        "{anew}",
        N_("To take it back, react with ❌ or write {command}."),
    ),
    "digest-taken-back": N_(
        "The digest was taken back. Nothing was sent. To send it after all, write {command}."
    ),
    "digest-nothing": N_("There is nothing new for a digest."),
    "digest-nobody": N_("Nobody has asked for the digest yet."),
    "digest-already": N_("The digest was asked for already, and goes out soon."),
    "digest-late": N_("The mails are on their way already."),
    # Translators: what a command does, after its name and a dash
    "help-release": N_("sends the message by mail, after a while to take it back"),
    "help-undo": N_("takes back a release while there is time"),
    "help-digest": N_("sends the digest now, after a while to take it back"),
}
