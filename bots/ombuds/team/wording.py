"""What staff read about the room, its commands and the team."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, Paragraphs

OFFICE: dict[str, Paragraphs] = {
    "welcome": (
        N_(
            "Welcome to the ombuds office. Each matter that comes in gets a thread of its own "
            "here, without the person's name."
        ),
        N_(
            "What you write in a thread stays here, among you. Only {answer} goes to the person, "
            "and you can take it back for a short while."
        ),
        N_("{help} shows all commands. {team} shows who belongs to the team and adds people."),
        N_("Please protect your device: lock the screen, and let nobody look over your shoulder."),
    ),
    "room-anew": (
        N_(
            "This is a new room of the ombuds office. The old one was deleted or replaced, or the "
            "office's account was removed from it. Please ask the homeserver's admin why."
        ),
        N_(
            "Please go on here. The office reads nothing in the old room any more. Do not join a "
            "room to which the old one points."
        ),
        N_("The open cases follow. {command} shows all commands."),
    ),
    "closed": N_("Case {number} is closed. If the person writes again, a new case begins."),
    "closed-already": N_("Case {number} is closed already."),
    "reopened": N_("Case {number} is open again."),
    "open-already": N_("Case {number} is not closed."),
    "taken": N_("{staff} takes care of case {number}."),
    "note-stays": N_("What you write here stays in the team. To write to the person: {command}"),
    "picture-stays": N_(
        "Pictures, files and recordings stay in the team: only text can go to the person. "
        "Describe it in words: {command}"
    ),
    "case-where": N_(
        "Which case? Write {command} in the thread of the case, or name its number: {numbered}"
    ),
    "case-unknown": N_("There is no case {number}. {command} shows all cases."),
    "cases": (N_("Cases:"), "{lines}", "{more}", "{besides}"),
    "cases-line": "{number} · {state} · {text} · {age} · {language} · {staff} {link}",
    "cases-more": N_("There are {count} more. Name a word to find fewer: {command}"),
    "cases-none": N_("No case was found. {command} shows all cases."),
    "command-plain": N_(
        "This command was not encrypted and was not carried out. Please send it again, encrypted."
    ),
    "command-edited": N_(
        "A command is not carried out when it is edited. Please write it as a new message."
    ),
    "device-unsigned": (
        N_(
            "A command of {staff} was not carried out: it came from a device that is not verified. "
            "Somebody else may have got into the account."
        ),
        N_(
            "If it was you: verify that device. In Element, open the settings there, choose "
            "“Encryption”, then “Verify this device”. Then send the command again."
        ),
        N_("If it was not you: change your password, sign that device out, and tell the others."),
    ),
    "device-new": N_(
        "{staff} has a new device: what was written before cannot be read on it, so use one "
        "that you had before, or ask a colleague to read it out."
    ),
    "device-again": N_(
        "Not carried out: another command of {staff} from a device that is not verified."
    ),
    "case-unbound": N_(
        "Nothing was done: your app did not seal which case this is for, so it could have been "
        "changed on the way. Please write the number of the case: {numbered}"
    ),
    "deleted-restored": N_(
        "Somebody has deleted here what the office wrote, and it was posted again. Only whoever "
        "runs a homeserver can do that. Talk about it, best in person."
    ),
    "deleted-lost": N_(
        "Somebody has deleted a message here that was not theirs, and the office cannot post it "
        "again. Only whoever runs a homeserver can do that. Ask each other what is missing, best "
        "in person."
    ),
    "send-again-staff": N_("A message in this room could not be read. Please send it again."),
    "help": (
        "{lines}",
        N_("Everything without a command stays among you."),
    ),
    # Translators: what a command does, after its name and a dash
    "help-answer": N_("sends an answer to the person, after a short while to take it back"),
    "help-undo": N_("takes back an answer that is not sent yet"),
    "help-close": N_("closes the case"),
    "help-reopen": N_("opens the case again"),
    "help-identity": N_("shows who brought a case, if two ask for it: the reason"),
    "help-postpone": N_("tells the person of that later, if two ask for it: the reason"),
    "help-hold": N_(
        "keeps for some days what was taken back, or a closed case: days, then the reason"
    ),
    "help-release": N_("ends that for a closed case"),
    "help-erase": N_("erases all that is of the person of a case, if two ask for it: the reason"),
    "help-take": N_("says that you take care of the case"),
    "help-cases": N_("lists cases: open, mine, all, or those with a word"),
    "help-team": N_("shows the team; adds or removes a person"),
    "help-confirm": N_("agrees to a change of the team"),
    "renewed": (
        N_(
            "The key of this office may have got into wrong hands. So its accounts have new keys "
            "since the last start, and your apps may warn you about them."
        ),
        N_(
            "Before, somebody else may have read what was written here, and written in the "
            "office's name. Please talk about it, best in person, and decide together whom you "
            "tell."
        ),
    ),
    "alarm-unsent": N_(
        "A mail that should tell somebody outside of an alarm cannot be delivered. Please call "
        "them, and tell whoever runs the service of the office to look at “alarms” in its settings."
    ),
    "set-aside": N_(
        "Something could not be done and was put aside. Please tell whoever runs the service "
        "of the office this number: {reference}"
    ),
}

RECORD: dict[str, Paragraphs] = {
    "case-erased": N_(
        "Case {number} was closed long ago and is erased now, here too. Your devices may show it "
        "until they have heard of that, and what somebody copied stays: please delete that."
    ),
    "record-head": (
        N_(
            "The record of this office has come to entry {number}. Would one of you please send "
            "this line here today, just as it is? Then nobody can change the record unnoticed, "
            "not even whoever holds the machine."
        ),
        "{command}",
        "{late}",
    ),
    "record-late": N_("Nobody has done so for some days. It takes a minute."),
    "record-repeated": N_("Thank you, {staff}. The record is confirmed up to entry {number}."),
    "record-again": N_(
        "This does not fit the record. Please copy the whole line from my last message about it, "
        "and send it once more. {command} shows it again."
    ),
    "record-differs": (
        N_(
            "What {staff} has sent twice does not fit the record. Either it was copied wrongly, or "
            "somebody has changed the record."
        ),
        N_(
            "Please compare it with the mails that the board keeps, and ask somebody who knows "
            "about machines to run “buendnis audit verify”."
        ),
    ),
    "record-gap": (
        N_(
            "A part of the record was lost, from entry {first} on. That happens when a backup is "
            "restored, or the office is moved."
        ),
        N_(
            "If nobody of you knows of that, somebody may have removed it. Please ask whoever "
            "holds the machine, in person."
        ),
    ),
    "record-lost": N_("Entry {number} was lost, so nobody can compare it any more."),
    "record-none": N_("Nothing is recorded yet."),
    # Translators: what a command does, after its name and a dash
    "help-record": N_("shows the state of the record, or confirms it"),
}

TEAM: dict[str, Paragraphs] = {
    "team": (
        N_("The team: {people}"),
        "{unconfirmed}",
        "{away}",
        "{invited}",
        "{waiting}",
        "{trustees}",
        "{single}",
        N_("To add a person: {add}"),
        N_("To remove a person: {remove}"),
        N_("To name a trustee outside of the office: {name}"),
    ),
    "team-invited": N_("Invited: {people}"),
    "team-waiting": N_("Not invited yet, since there are no keys: {person}"),
    "team-add-proposed": N_(
        "{staff} proposes to add {person} to the team. Another member agrees with {command}."
    ),
    "team-remove-proposed": N_(
        "{staff} proposes to remove {person} from the team. Another member agrees with {command}."
    ),
    "team-added": N_("{person} is invited and belongs to the team after joining."),
    "team-joined": (
        N_("{person} has joined and belongs to the team now."),
        N_(
            "Messages from before you joined, or from before you used this device, cannot be read "
            "on it. Ask a colleague to read them out, or use a device that you had before."
        ),
    ),
    "team-removed": N_("{person} does not belong to the team any more."),
    "team-left": N_("{person} has left and does not belong to the team any more."),
    "team-withdrawn": N_("The invitation of {person} is withdrawn."),
    "team-invitation-failed": N_(
        "An invitation did not work. Look at the address: {command}. To withdraw it: {remove}"
    ),
    "team-absent": (
        N_("Not invited, because there is no such account: {people}"),
        N_("As soon as the account is there, add the person: {command}"),
    ),
    "team-two": N_(
        "In a team of two, nobody can remove the other person. Whoever wants to go can leave this "
        "room."
    ),
    "team-self": N_("To leave the team, leave this room."),
    "team-already": N_("{person} belongs to the team or is invited already."),
    "team-unknown": N_("{person} does not belong to the team. {command} shows who does."),
    "team-address": N_("Please write the whole address, like this: {command}"),
    "team-in-words": N_(
        "A reaction does not count here, because servers can set one in anybody's name. To agree, "
        "write {command}."
    ),
    "team-nothing": N_("There is nothing to agree to."),
    "team-another": N_("Somebody else in the team needs to agree, not the person who proposed it."),
    "team-concerned": N_("The person concerned cannot agree to this. It needs somebody else."),
    "team-intruder": N_(
        "Somebody who does not belong to the team came into this room or was invited, and is "
        "being removed. What I write is kept from them. Please write nothing here until you "
        "have talked about it, best in person."
    ),
}
