"""Mail as a bridge of the runtime: a `Deliver` names a letter and a reader; here they meet.

Letters and addresses are documents that bots keep, each kind sealed with a key of its own. They
are looked up when a mail leaves: a letter that was taken back, or a reader who has left, stops
whatever still waits.

**Twice at most, and nobody forgotten.** Between the content and the server's answer nobody knows
whether it has the mail. That moment is noted on disk before the content goes out, and erased after
an answer. Whoever is killed there sends once more; a second time it stops, and the bot is told
`UNKNOWN`. The Message-ID is the same each time, so that mailboxes fold the two.
"""
