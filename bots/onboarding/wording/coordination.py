"""What coordinators and contacts of initiatives read."""

from __future__ import annotations

from bots.runtime.kit import deadletters
from bots.runtime.speech.phrases import N_, NP_, Paragraphs

COORDINATION: dict[str, Paragraphs] = deadletters.NETWORK | {
    "decide": N_(
        "To let the person in, react with ✅ or answer with {admit}. To decline, react with ❌ or "
        "answer with {decline}."
    ),
    "decide-in-words": N_(
        "To let the person in, answer with {admit}. To decline, react with ❌ or answer with "
        "{decline}."
    ),
    "sign-in-words": N_(
        "A reaction does not count here, because servers can set one in anybody's name. To agree, "
        "write {command}."
    ),
    "knock": (
        N_("{person} would like to join {network}, and writes:"),
        "{reason}",
        "{banned}",
        "{decide}",
    ),
    "knock-silent": (N_("{person} would like to join {network}."), "{banned}", "{decide}"),
    "request": (
        N_("{person} wrote to me, agrees to the rules, and would like to join {network}."),
        "{reason}",
        "{banned}",
        "{decide}",
    ),
    "crowd": (
        N_("More people would like to join {network}:"),
        "{lines}",
        "{more}",
        N_("To let the first one in, write {admit}; to decline, {decline}. So for each number."),
    ),
    "crowd-line": "{number}: {person}",
    "crowd-reason": "{number}: {person} – {reason}",
    "crowd-more": NP_("One more is waiting.", "{n} more are waiting."),
    "crowd-done": N_("You have decided about everybody on this list."),
    "wish-banned": N_(
        "The person is banned from {network}. To let the person in, first lift the ban in the "
        "network’s space."
    ),
    "door-banned": N_(
        "The person is banned from {initiative}. To let the person in, first lift the ban in "
        "its space."
    ),
    "server-kept-out": N_(
        "The server {server} is on the list of servers that {where} keeps out. To let in "
        "people from there, first take it off that list (server ACL)."
    ),
    "ban": (
        N_("{person} is banned from {network}. I take the person out of all rooms here."),
        "{beyond}",
        "{lines}",
        "{named}",
    ),
    "ban-beyond": N_(
        "These initiatives run their rooms themselves. I cannot take the person out there; "
        "their contacts decide:"
    ),
    "contacts-of": "{initiative}: {contacts}",
    "ban-named": N_(
        "The settings still name the person as contact or coordinator. Please tell whoever "
        "runs the network."
    ),
    "wish-admitted": N_("{person} asked to join. {coordinator} has let the person in."),
    "wish-declined": N_("{person} asked to join. {coordinator} has declined."),
    "wish-withdrawn": N_("{person} asked to join, and has taken that back."),
    "wish-inside": N_("{person} asked to join, and is in now."),
    "door": (
        N_("{person} would like to join {initiative}. Its contacts decide: {contacts}"),
        "{why}",
        "{banned}",
        "{decide}",
    ),
    "door-admitted": N_(
        "{person} asked to join {initiative}. {coordinator} has let the person in."
    ),
    "door-declined": N_("{person} asked to join {initiative}. {coordinator} has declined."),
    "door-withdrawn": N_("{person} asked to join {initiative}, and is not waiting any more."),
    "only-contacts": N_("Only the contacts of {initiative}, or coordinators, can decide this."),
    "wish-reminder": N_("{person} is still waiting for your decision."),
    "coordination-help": (
        N_(
            "In this room I tell you who would like to join {network}, and you decide. Answer the "
            "message about a person with one of these:"
        ),
        "{lines}",
    ),
    # Translators: what a command does, after its name and a dash
    "help-admit": N_("lets the person in"),
    "help-decline": N_("declines"),
    "wish-already": N_("This was decided already."),
    "wish-which": N_(
        "Who is meant? Answer the message about the person with {command}, or write: {named}"
    ),
    "wish-meanwhile": N_(
        "Only {person} is waiting now, but just before that it was somebody else. If you mean "
        "this person, answer the message about the person with {command}, or write: {named}"
    ),
    "taken-admitted": N_("I took that to mean {person}, who is let in."),
    "taken-declined": N_("I took that to mean {person}, who is declined."),
    "wish-none": N_("Nobody is waiting for a decision."),
    "command-plain": N_(
        "This command was not encrypted and was not carried out. Please send it again, encrypted."
    ),
    "only-coordinators": N_("Only coordinators can decide this."),
    "newcomer": N_(
        "{person} is interested in {initiative} and is invited to its rooms. Please say hello!"
    ),
    "interested": N_("{person} is interested in {initiative}. Please get in touch."),
    "greeting-failed": N_(
        "{person} could not be greeted privately ({error}). Please write to the person."
    ),
    "invite-failed": N_(
        "{person} could not be invited to a room ({error}). Please look whether I may invite "
        "people there: {room}"
    ),
    "server-silent": N_(
        "The server {server} does not answer, so invitations to people there do not arrive. I "
        "keep trying. If it goes on, please tell whoever runs that server."
    ),
    "server-back": N_("The server {server} answers again, and invitations arrive there."),
    "removal-failed": N_(
        "{person} could not be taken out of a room ({error}). Please look whether I may do "
        "that there: {room}"
    ),
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
    "room-moved": N_(
        "“{room}” was replaced by another room, which I cannot enter yet. What I have to "
        "do there waits, and nothing is lost. Please ask whoever runs the network to run "
        "“buendnis apply”: then I am let in."
    ),
}
