"""What staff read about whose keys are known, and how one becomes known."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, Paragraphs

LEADING: dict[str, Paragraphs] = {
    # Translators: to somebody who is to join the team, in a private chat
    "lead": (
        N_(
            "Hello. The team of the ombuds office wants to add you. Before it can invite you into "
            "its room, your account needs keys of its own: then nobody can pretend to be you."
        ),
        N_(
            "In Element on a computer: open “All settings”, choose “Encryption”, and set up "
            "recovery. Write the recovery key on paper."
        ),
        N_(
            "In Element X on a phone: tap your picture, choose “Encryption”, and set up recovery. "
            "Write the recovery key on paper."
        ),
        N_("As soon as the keys are there, I invite you into the team's room."),
    ),
    "lead-again": N_(
        "I have looked again. If the keys are there, I invite you now. If no invitation comes, "
        "look at the settings once more: your device has to be verified there."
    ),
    "lead-done": N_("Thank you. Your keys are there, and you are invited into the team's room."),
}

PINS: dict[str, Paragraphs] = {
    "founding": (
        N_(
            "This is the room of the ombuds office. I show you nothing until I know that it is "
            "you: whoever runs a homeserver could pretend to be you."
        ),
        N_(
            "First set up recovery in your app. In Element, open the settings and choose "
            "“Encryption”. Your device must be verified there."
        ),
        N_("Then write the code that you were given in person here, as a message of its own."),
    ),
    "code-needed": N_(
        "I do not know yet that it is you. Please write the code that you were given in person, as "
        "a message of its own."
    ),
    "code-host": (
        N_("I do not know yet that it is you, and nobody in the team is confirmed."),
        N_(
            "Whoever runs the office's machine can make a code, with buendnis code. Write it here, "
            "as a message of its own, within 24 hours."
        ),
    ),
    "code-first": (
        N_("Welcome. I show you cases once I know that it is you. Please write any word here."),
        N_(
            "Then I give you a code that nobody else can read. You read it out to somebody in the "
            "team, in person or on the phone."
        ),
    ),
    "code-yours": (
        N_("Your code: {code}"),
        N_(
            "Read it out to somebody in the team, in person or on the phone. That person writes it "
            "here. Do not send it to anybody. It is valid for 24 hours."
        ),
    ),
    "code-expected": (
        N_("{staff} is not confirmed, and has just been given a code that nobody else can read."),
        N_(
            "Have it read out to you in person or on the phone, so that you know who is speaking. "
            "Then write it here, as a message of its own."
        ),
        N_("If nobody expected this, write no code, and talk to each other first."),
    ),
    "code-another": N_(
        "Somebody else in the team has to write this code. Read it out, in person or on the phone."
    ),
    "code-wrong": N_("This code is not right. Please compare it, and write it again."),
    "code-outdated": N_(
        "The keys of {staff} are others than those to which the code was given. If {staff} writes "
        "any word here, there is a new code."
    ),
    "code-spent": N_(
        "This code was used already, or it is too old. Write any word here, and I tell you what to "
        "do."
    ),
    "code-plain": N_(
        "Your message was not encrypted, and others could read the code. It does not count any "
        "more. Write any word here, encrypted, and I tell you what to do."
    ),
    "keys-none": (
        N_("I cannot tell your devices from forged ones: your account has no keys of its own yet."),
        N_(
            "In Element, open the settings, choose “Encryption”, and set up recovery. Then write "
            "here again."
        ),
    ),
    "keys-unsigned": (
        N_("The device on which you wrote this is not verified."),
        N_(
            "In Element, open the settings there, choose “Encryption”, then “Verify this device”. "
            "Then write here again."
        ),
    ),
    "candidate-waits": N_(
        "{staff} is not invited yet, since the account has no keys of its own. I have written to "
        "{staff} in a private chat how to set them up, and invite the account when they are there."
    ),
    "candidate-unknown": N_(
        "{staff} is not invited yet: the homeserver does not say whether the account has keys of "
        "its own. I ask again every hour. Look at the address as well."
    ),
    "keys-changed": (
        N_(
            "The keys of {staff} have changed. I show this account nothing any more, and carry out "
            "none of its commands."
        ),
        N_(
            "{staff} may have a new phone, or whoever runs the homeserver may have taken over the "
            "account. Please ask, in person or on the phone."
        ),
        N_("If it is {staff}: any word from there, and I give out a code to be read to you."),
    ),
    "keys-withheld": (
        N_(
            "The homeserver does not show the keys of {staff} any more. Until it does, I show this "
            "account nothing, and carry out none of its commands."
        ),
        N_("Please ask whoever runs that homeserver why."),
    ),
    "keys-back": N_("The keys of {staff} are the known ones again. All is as it was before."),
    "code-from-host": (
        N_("{staff} was confirmed with a code that was made on the office's machine."),
        N_("If nobody in the team asked for that, write nothing here, and meet in person."),
    ),
    "pinned": (
        N_("{staff} is confirmed: I show this account the cases and carry out its commands."),
        N_("{help} shows all commands, {team} who belongs to the team."),
        N_("What was written here before cannot be read. Ask a colleague to read it out."),
    ),
    "team-alone": (
        N_(
            "{staff} is the only confirmed member, and proposes a change of the team alone. It "
            "concerns {person}, and is made on {time}."
        ),
        N_("If another member is confirmed before, two decide as always. If you object, speak up."),
    ),
    "team-alone-done": N_(
        "{staff} has changed the team alone, since nobody else was confirmed for three days. It "
        "concerns {person}."
    ),
    "team-unconfirmed": N_("Not confirmed, and shown nothing: {people}"),
    "room-without": N_(
        "Not invited, since I am not sure of them: {people}. To add a person: {command}"
    ),
}
