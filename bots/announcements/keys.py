"""The names under which the bot finds its messages, mails and timers again."""

from __future__ import annotations

from bots.runtime.kit.keys import Made, Question, Timer

OFFER = Made("announcement/{number:int}/offer")
"""What we said to a message that may go out; it shows the state of the matter."""
CALL = Made("digest/{number:int}/call")
"""What we said when an editor asked for a digest out of turn."""
PROGRESS = Made("round/{matter}/{number:int}/progress")
SUSPENDED = Made("round/{matter}/{number:int}/suspended")
"""What we said of readers who were suspended after a round."""
TROUBLE = Made("trouble/{since}")
"""What we said of a mail server that is away."""

MAIL = Made("mail/{matter}/{number:int}/{language}/{reader}/{attempt:int}")
"""One attempt at one mail of a round."""
CONFIRM = Made("mail/c/{language}/{request}/{attempt:int}")
"""The same of a mail that asks to confirm."""
MAIL_AGAIN, CONFIRM_AGAIN = Timer(MAIL.pattern), Timer(CONFIRM.pattern)
"""The pause before an attempt is over."""

UNDO = Timer("undo/{number:int}")
CALL_UNDO = Timer("call/{number:int}")
CHUNK = Timer("chunk/{chunk}")
"""More readers of a round go into the outbox; by the key of their document."""
TELLING = Timer("telling/{round}")
"""It is told how far a round is."""
DIGEST = Timer("digest")
CONFIRMING = Timer("confirming")
"""Those wait their turn that ask to confirm."""
EXPIRY = Timer("expiry/{request}")
WATCH = Timer("watch")
"""The mail server is looked at while mails are under way."""

TEXT = Question("text/{number:int}")
"""What a message of an announcement says now."""

SUBSCRIBING, CONFIRMATION, UNSUBSCRIBING = "subscribe", "confirm", "unsubscribe"
"""Forms of the web site."""
