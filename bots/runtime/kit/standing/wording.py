"""What those who decide are told of their devices."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, Paragraphs

STEPS: dict[str, Paragraphs] = {
    "steps-keys": N_("In Element, open the settings, choose “Encryption”, and set up recovery."),
    "steps-device": N_(
        "In Element, open the settings on this device, choose “Encryption”, then “Verify this "
        "device”."
    ),
    # Translators: what a picture shows, for those who do not see it
    "picture-keys": N_("Picture: the settings, then “Encryption”, then recovery"),
    "picture-device": N_("Picture: the settings, then “Encryption”, then two devices with a tick"),
}
STANDING: dict[str, Paragraphs] = STEPS | {
    "unsigned": (
        N_(
            "The device on which you wrote this is not verified. Somebody else could write in "
            "your name in the same way. I still carry out what you write there, until {date}."
        ),
        "{steps}",
    ),
    "held-unsigned": (
        N_(
            "I have not carried out {command} yet: the device on which it was written is not "
            "verified. Somebody else could have written it in your name."
        ),
        "{steps}",
        N_(
            "Then answer this message with {confirm}, and I carry it out. I forget it after a "
            "week. If it was not you, tell the others here."
        ),
    ),
    "held-changed": (
        N_(
            "I have not carried out {command} yet: the keys of {person} have changed. Maybe "
            "{person} has lost all devices, or somebody else has taken over the account."
        ),
        "{vouch}",
        N_(
            "Then answer this message with {confirm}, and I carry it out. I forget it after a week."
        ),
    ),
    "vouch": N_(
        "The others here, please ask {person}, in person or on the phone. If all is well, one of "
        "you writes {named}. If nobody else is there, {person} can write {confirm} from {date} on."
    ),
    "held-withheld": N_(
        "I have not carried out {command} yet: the homeserver of {person} does not show the keys "
        "of the account any more. I go on asking, and carry it out once they are there. I forget "
        "it after a week."
    ),
    "held-slow": N_(
        "{command} is waiting: I have to ask the homeserver of {person} about the device on which "
        "it was written, and get no answer yet. I go on asking."
    ),
    "held-forgotten": N_(
        "I have forgotten {command}, since it was not confirmed within a week. If it is still "
        "wanted, please write it again."
    ),
    "held-unread": N_("I cannot read {command} any more. Please write it again."),
    "held-dropped": N_("I have also forgotten {command}, which was still waiting."),
    "confirm-none": N_("Nothing is waiting that this would confirm."),
    "confirm-which": N_(
        "More than one command is waiting. Please answer the message about the one that you mean "
        "with {confirm}."
    ),
    "confirm-device": (N_("The device on which you wrote this is not verified."), "{steps}"),
    "confirm-changed": (N_("The keys of {person} have changed."), "{vouch}"),
    "confirmed": N_(
        "I know {person} by the new keys from now on. What is waiting is carried out once "
        "{person} answers it with {confirm}."
    ),
    # Translators: what a command does, after its name and a dash
    "help-confirm": N_("carries out what waited for your device to be verified"),
}
RINGING = frozenset({"held-unsigned", "held-changed", "held-withheld"})
VALUES = frozenset({"command", "confirm", "named"})
"""Those of the phrases that are commands."""
