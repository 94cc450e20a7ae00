"""What the bot says."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, Paragraphs, Wording

PARAGRAPHS: dict[str, Paragraphs] = {
    "noted": N_("Noted: {thing}. In two weeks I ask whether you still lend it."),
    "what": N_("What do you have to lend? Write it behind the command."),
    "still": N_("Do you still lend this: {thing}? Then write the command once more."),
    "wanted": N_("Somebody is looking for {thing}. In this room there are {n}."),
}
WORDING = Wording(PARAGRAPHS, ringing=frozenset({"wanted"}))
