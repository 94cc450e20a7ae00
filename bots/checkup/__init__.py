"""`buendnis doctor`: checks of a live installation, each of which says how to mend what it finds.

`files`, `seal`, `connection` and `login` look from outside, log in nowhere and change nothing.
`live` and what it calls run inside the office, with its sessions, and are asked for over the
control socket. Findings hold counts and opaque references, never a person's id.
"""
