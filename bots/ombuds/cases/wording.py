"""What staff read in the thread of a case."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, Paragraphs

_STANDING = N_("{state} · language: {language} · since {time}")

CASES: dict[str, Paragraphs] = {
    "case-root": (
        # Translators: what tells cases apart in a list of 40 characters; the person's words follow
        N_("Case {number} · {tag}"),
        "{text}",
        "{marks}",
        _STANDING,
    ),
    "case-flagged": (
        # Translators: as above; the name of the room follows in which somebody has set a 🚩
        N_("Case {number} · {tag} · 🚩 {room}"),
        "{text}",
        "{marks}",
        _STANDING,
    ),
    "case-header": (
        N_("Case {number} · {tag}"),
        N_("The person has taken the first message back. Go on in this thread."),
        "{marks}",
        _STANDING,
    ),
    # Translators: these ring on the lock screens of staff, so they hold nothing of a person's words
    "ring-opened": N_("New: case {number}"),
    "opened": N_("New: case {number}"),
    "ring-more": N_("New message in case {number}"),
    "ring-several": N_("There is something new. Cases: {numbers}"),
    # Translators: the state that a case is in
    "state-open": N_("open"),
    "state-answered": N_("answered"),
    "state-closed": N_("closed"),
    "state-held": N_("{state}, kept until {date}"),
    "mark-unencrypted": N_("Not encrypted: servers on the way could read this."),
    "mark-refers": N_("The person says that they also wrote case {number}."),
    "mark-unproven": N_("Not proven: somebody else could have written this in the person's name."),
    "mark-changed": N_("The person has changed this text."),
    "mark-cut": N_("The text was too long. Its end is missing."),
    "mark-taken": N_("{staff} takes care of it."),
    "mark-held": N_("{staff} keeps this from being erased until {date}: {reason}"),
    "followup": (N_("New message from the person, {time}:"), "{marks}", "{text}"),
    "continued": (N_("The text goes on:"), "{text}"),
    "part-removed": N_("The person has removed this part of the text."),
    "media": (
        N_("The person sent something that is not text: {kind}. For now it cannot be passed on."),
        "{text}",
    ),
    "asked-for-words": N_("The person was asked to describe in words what cannot be passed on."),
    "taken-back": (
        N_(
            "Case {number}: a message of the person, or a change of one, was taken back. Here it "
            "is deleted. It is kept sealed until {time}, then it is erased."
        ),
        N_(
            "If somebody is in danger, or if you doubt that the person did this, keep it longer: "
            "{command}"
        ),
    ),
    "erased": N_(
        "The person asked in an encrypted message to have it erased at once. It is erased."
    ),
    "held": N_("{staff} keeps until {time} what was taken back. The reason: {reason}"),
    "held-part": (N_("This was taken back. It is kept until {time}, then it is erased:"), "{text}"),
    "hold-how": N_(
        "Please write for how many days, {days} at most, and why, so that others can understand "
        "it later: {command}"
    ),
    "hold-nothing": N_("Nothing is kept here that was taken back."),
    "hold-once": N_("This is kept already, until {time}. It cannot be kept longer."),
    "unreadable-now": N_(
        "What the message says without that change could not be read. {hold} shows what it said "
        "before; {answer} asks the person."
    ),
    "unreadable-case": N_(
        "A message from the person could not be read. The person was asked to send it again."
    ),
    "unreadable-new": N_(
        "Somebody wrote to the office, but the message could not be read. The person was asked "
        "to send it again."
    ),
    "exposed": N_(
        "Somebody else is in the chat with the person, or is invited to it. No answer is sent "
        "until they have left."
    ),
    "exposed-over": N_("Nobody else is in the person's chat any more. Answers can be sent again."),
    "left": N_("The person has left the chat. Answers cannot be sent unless they come back."),
    "person-back": N_(
        "The person goes on from another phone or chat. They typed the secret number that they "
        "were given."
    ),
    "linked-case": N_("The person wants you to know that they also wrote case {number}."),
    "returned": N_("The person is back in the chat."),
}

KEEPING: dict[str, Paragraphs] = {
    "case-held": (
        N_("{staff} keeps case {number} from being erased until {date}. The reason: {reason}"),
        N_("If the reason is gone before that, write {command}."),
    ),
    "case-not-held": N_("Nobody keeps case {number} from being erased."),
    "case-hold-over": N_(
        "Case {number} is not kept from being erased any more. It is erased when its time is over."
    ),
    "case-erased-asked": N_(
        "Case {number} is erased, here too, because the person wants it. Your devices may show it "
        "until they have heard of that, and what somebody copied stays: please delete that."
    ),
    "erase-held": N_(
        "The person of case {number} wants it erased. As it is kept, that happens after {date}. "
        "Who brought it is forgotten now, so nobody can be answered there."
    ),
    "erase-proposed": (
        N_(
            "{staff} was asked to erase all that is of the person of case {number}: all of their "
            "cases, and who they are. The reason: {text}"
        ),
        N_("If you agree, write {command} within a day. This cannot be undone."),
    ),
    "erase-agreed": N_(
        "All that is of the person of case {number} is erased at {time}. They are told so now. If "
        "they write before then, nothing is erased."
    ),
    "erase-objected": N_(
        "The person of case {number} has written. So nothing of theirs is erased. Ask them what "
        "they want."
    ),
}

ANSWERS: dict[str, Paragraphs] = {
    "answer-pending": (
        N_("To case {number} ({words}): sent at {time}, unless you take it back:"),
        "{text}",
        "{anew}",
        N_("To take it back, react with ❌ or write {command}. To change it, edit your message."),
    ),
    "answer-held": (
        N_("For case {number} ({words}), waits for the person to type their secret number:"),
        "{text}",
        N_("To take it back, react with ❌ or write {command}. To change it, edit your message."),
    ),
    "held-reset": N_(
        "The answer was not sent yet. The person's account has other keys than before: they have "
        "a new phone, or somebody else uses the account. It is sent once they type their secret "
        "number."
    ),
    "undo-anew": N_(
        "The computer behind this account was started again, so the time has begun anew."
    ),
    "answer-cancelled": (N_("Taken back. This answer is not sent:"), "{text}"),
    "answer-stopped": N_(
        "{staff} has stopped the answer to case {number}, by a reaction or by deleting something. "
        "If nobody of you meant to, somebody else may have got into an account or a server: tell "
        "the others, and write {command} again."
    ),
    "answer-sent": (
        N_(
            "Sent {time} to the chat of case {number}. It is not known yet whether it has arrived "
            "at the person:"
        ),
        "{text}",
    ),
    "answer-delivered": (
        N_("Delivered to the chat of case {number}. It was sent {time}:"),
        "{text}",
    ),
    "answer-unsent": (N_("Not sent. The text is kept here:"), "{text}"),
    "unsent-exposed": N_(
        "The answer was not sent, because somebody else is in the chat with the person or is "
        "invited to it. Wait until they have left, then write {command} again."
    ),
    "unsent-clear": N_(
        "The answer was not sent, because the person's chat is not encrypted: servers could have "
        "read it. The person is asked into an encrypted chat. Write {command} again."
    ),
    "unsent-forgotten": N_(
        "The answer was not sent: the office does not know any more who brought this case."
    ),
    "unsent-left": N_(
        "The answer was not sent, because the person has left the chat. If they come back, "
        "write {command} again."
    ),
    "unsent-error": N_(
        "The answer was not sent, because the server refused it ({error}). Write {command} "
        "again. If this happens twice, tell whoever runs the service of the office."
    ),
    "answer-late": N_(
        "That answer has already been sent and stays as it is. To correct it, write {command}."
    ),
    "answer-where": N_(
        "Which case is it for? Write {command} in the thread of the case, or name its number: "
        "{numbered}"
    ),
    "answer-empty": N_("The text is missing. Write it after the command: {command}"),
    "answer-long": N_("This answer is too long for one message. Please send it in parts."),
    "nothing-to-undo": N_("No answer is waiting here that could be taken back."),
}

RUSH: dict[str, Paragraphs] = {
    "rush": (
        N_(
            "Within a short time, {cases} matters have come from {people} accounts. They are kept, "
            "and their senders know that they have arrived. They are not shown here one by one, so "
            "that you find the others."
        ),
        N_("{list} lists them. {show} shows one of them here. {block} blocks its sender."),
    ),
    "cases-shelf": N_("{count} more are kept and not shown here: {command}"),
    "block-begun": (
        N_(
            "{staff} has blocked the person of case {number} until {time}, and the person was told "
            "so. What they write until then is kept, but not shown, and makes no sound."
        ),
        N_("To end this: {command}"),
    ),
    "block-already": N_("The person of case {number} is blocked already, until {time}."),
    "block-none": N_("The person of case {number} is not blocked."),
    "block-nobody": N_("Case {number} belongs to no chat any more, so nobody can be blocked."),
    "block-over": N_(
        "The person of case {number} is not blocked any more. What they wrote meanwhile is shown "
        "as a new case."
    ),
    "help-show": N_("shows a case here that came with many others"),
    "help-block": N_("shows nothing more from the person of a case, for 14 days"),
    "help-unblock": N_("ends that"),
}

BLOCKED: dict[str, Paragraphs] = {
    "blocked": (
        N_(
            "The ombuds office has decided not to read this chat until {time}. What you write "
            "until then is kept, and read only afterwards. You get no answer before."
        ),
        N_("This is no emergency service. If you need help at once, call: {helplines}"),
        N_(
            "If this is a mistake, or if somebody else has written with your account, please talk "
            "to the people of the ombuds office in another way, for example in person."
        ),
    ),
    "blocked-full": (
        N_("Nothing more that you write here until {time} is kept or read."),
        N_("This is no emergency service. If you need help at once, call: {helplines}"),
    ),
    "unblocked": N_("The ombuds office reads this chat again, and what you wrote meanwhile."),
}

IDENTITY: dict[str, Paragraphs] = {
    "identity-asked": (
        N_("{staff} asks who brought case {number}. The reason:"),
        "{text}",
        N_(
            "If a second member agrees until {time}, that member writes {command}. Then everybody "
            "in this room sees the account for a day, and the person is told of it a day later, "
            "with this reason. It is recorded for good."
        ),
    ),
    "reason-missing": N_("Give the reason as well: {command}"),
    "identity-none": N_("The office does not know any more who brought this case."),
    "identity-untold": N_(
        "This was looked up already, and the person is not told yet. It can be looked up again "
        "once they are."
    ),
    "identity-shown": (
        N_("Case {number} was brought by {person}. This message is deleted after a day."),
        N_(
            "The person is told at {time}. If that would endanger somebody, two members write "
            "{command} with a reason before then."
        ),
    ),
    "identity-person-told": N_("The person was told that the office looked up who they are."),
    "postpone-asked": (
        N_("{staff} wants to tell the person later. The reason:"),
        "{text}",
        N_("If a second member agrees, that member writes {command}."),
    ),
    "postpone-nothing": N_("Here is nothing of which the person has yet to be told."),
    "postponed": N_("The person is told on {date}, unless two members postpone it again."),
}
