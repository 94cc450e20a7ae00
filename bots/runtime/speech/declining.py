"""What is said to somebody whose client asks for something that a program can't do."""

from __future__ import annotations

from bots.runtime.speech.phrases import N_, Paragraphs
from federation.model.actions import DeclineVerification
from federation.model.events import Asked, ClientRequest

PHRASES: dict[Asked, str] = {Asked.VERIFICATION: "no-verification", Asked.CALL: "no-call"}
PARAGRAPHS: dict[str, Paragraphs] = {
    "no-verification": N_(
        "I am a program, so nobody can compare emoji with you here. You do not have to verify "
        "me: just write."
    ),
    "no-call": N_("Nobody can take calls here. Please write instead."),
}


def refusal(event: ClientRequest) -> tuple[DeclineVerification, ...]:
    """What ends it in her client, which would wait for us."""
    if event.asks is not Asked.VERIFICATION:
        return ()
    return (DeclineVerification(event.origin.room_id, event.origin.event_id, notify=True),)
