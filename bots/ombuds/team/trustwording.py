"""What staff, and a trustee outside of the office, read about her part."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, Paragraphs

_CALL = N_(
    "Please call somebody of the team whom you know before you answer. Do not rely on what is "
    "written here alone."
)
_ANSWER = N_("If you agree, write {yes}. If not, write {no}.")

TRUSTEES: dict[str, Paragraphs] = {
    # -- to the team
    "trustee": N_("Trustee outside of the office: {person}"),
    "trustee-unable": N_("Trustee outside of the office, not confirmed or not there: {person}"),
    "team-one": N_(
        "This team is one person. Nobody else can agree, stand in, or notice a mistake. Add "
        "somebody, or name a trustee outside of the office."
    ),
    "trustee-add-proposed": N_(
        "{staff} proposes {person} as a trustee: somebody outside of the office who is asked where "
        "no second member is there. Another member agrees with {command}."
    ),
    "trustee-remove-proposed": N_(
        "{staff} proposes that {person} be a trustee no more. Another member agrees with {command}."
    ),
    "trustee-named": (
        N_(
            "{person} is a trustee now, and is asked into a chat with the office. This person "
            "reads no case and does not come into this room."
        ),
        N_("The office gives {person} a code there. Have it read out to you, and write it here."),
    ),
    "trustee-failed": N_(
        "No chat with {person} could be made, so this is no trustee. Look at the address: {command}"
    ),
    "trustee-pinned": N_(
        "{person} is confirmed as a trustee, and can be the second when the team is changed."
    ),
    "trustee-removed": N_("{person} is no trustee any more."),
    "trustee-left": N_(
        "{person} has left the chat with the office, and cannot be asked. To have another chat, "
        "remove and name this trustee again."
    ),
    "trustee-asked": N_("Asked for the second word outside of this room: {people}"),
    "trustee-agreed": N_("{person}, trustee, agrees to what {staff} proposed."),
    "trustee-objected": N_(
        "{person}, trustee, does not agree to what {staff} proposed. It is not made. Please talk "
        "to each other."
    ),
    # -- to the trustee
    "trustee-welcome": (
        N_(
            "Hello. This is the ombuds office. Its team has named you as a trustee: where two have "
            "to agree to a change of the team, and no second member is there, you are asked here."
        ),
        N_(
            "You read no complaint, and learn nothing about the people who write. If nobody has "
            "talked to you about this, leave this chat."
        ),
        N_(
            "First set up recovery in your app: in Element, open the settings and choose "
            "“Encryption”. Then write any word here. I give you a code, which you read out to "
            "somebody of the team."
        ),
    ),
    "code-yours-outside": (
        N_("Your code: {code}"),
        N_(
            "Read it out to somebody of the team, in person or on the phone. Do not send it to "
            "anybody. It is valid for 24 hours."
        ),
    ),
    "trustee-later": N_(
        "Nobody in the team is confirmed now, so nobody can type your code. Please write here "
        "again in some days."
    ),
    "trustee-known": N_(
        "Thank you. The office knows now that it is you. I write here when your word is needed."
    ),
    "trustee-over": N_("Thank you. You are no trustee of the ombuds office any more."),
    "trustee-add-asked": (
        N_("{staff} wants to add {person} to the team of {office}."),
        _CALL,
        _ANSWER,
    ),
    "trustee-remove-asked": (
        N_("{staff} wants to remove {person} from the team of {office}."),
        _CALL,
        _ANSWER,
    ),
    "trustee-name-asked": (
        N_("{staff} wants to name {person} as another trustee of {office}."),
        _CALL,
        _ANSWER,
    ),
    "trustee-drop-asked": (
        N_("{staff} wants {person} to be a trustee of {office} no more."),
        _CALL,
        _ANSWER,
    ),
    "trustee-how": N_(
        "Please answer with yes or no and the code behind it, as the question shows it."
    ),
    "trustee-words": N_("I could not read this. Please write it again, in words."),
    "trustee-nothing": N_("Nothing is asked of you at the moment."),
    "trustee-noted": N_("Thank you. Your answer was noted, and the team hears of it."),
}
