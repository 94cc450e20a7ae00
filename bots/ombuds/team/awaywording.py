"""What staff read about who is away."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, Paragraphs

AWAY: dict[str, Paragraphs] = {
    "away": N_("{staff} is away until {date}."),
    # Translators: who takes care of a case, in a list
    "away-short": N_("{staff} (away until {date})"),
    "absent": (
        N_("{staff} is away until {date}, that day included."),
        N_(
            "Others are asked where two have to decide, and hear of cases that wait too long. Any "
            "encrypted word of {staff} here, such as {command}, ends it."
        ),
    ),
    "absent-how": N_("Until when? Write for how many days, {days}, or the last day, {until}."),
    "absent-nobody": N_(
        "Now nobody in the team is there. People who write to the office wait until somebody is "
        "back. Please agree who looks in here."
    ),
    "absent-cases": (
        N_("{staff} is away until {date}, and people wait for an answer. Cases: {numbers}"),
        N_("Who takes care of them instead? Write {command}."),
    ),
    "back": N_("{staff} is back."),
    "back-already": N_("You are not noted as away. To be so, write {command}."),
    "team-alone-away": (
        N_("{staff} proposes a change of the team. It concerns {person}."),
        N_(
            "Who could agree is away, so it is made on {time}. If one of them writes any encrypted "
            "word here before, two decide as always."
        ),
        "{away}",
    ),
    "team-alone-done-away": N_(
        "{staff} has changed the team alone, since nobody else was there for three days who could "
        "agree. It concerns {person}."
    ),
    "team-two-again": N_(
        "A change of the team that concerns {person} waits for two again. To agree, write "
        "{command}. If you object, write to the others."
    ),
    "team-waits": (
        N_("To remove a confirmed member takes the words of two others, however long it lasts."),
        "{away}",
    ),
    "second-away": (
        N_("Who could agree is away. Please call one of them: an encrypted word here counts."),
        "{away}",
    ),
    "second-none": N_(
        "Nobody else in the team is confirmed, so nobody can agree. {command} shows the team."
    ),
    # Translators: what a command does, after its name and a dash
    "help-absent": N_("says that you are away: for how many days, or until which date"),
    "help-back": N_("says that you are back"),
}
