"""What a running office finds out about itself for `buendnis doctor`, with its own sessions.

It is asked over the control socket, makes no login and changes nothing. Every check, those of
`bots.cli.checkup` too, answers with `finding`.
"""
