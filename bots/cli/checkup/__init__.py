"""`buendnis doctor`: checks of a live installation, each of which says how to mend what it finds.

`files`, `seal`, `connection` and `login` look from outside, make no login and change nothing; so
do `spaces`, `post`, `names`, `records` and `pages`, which are for a network. What looks from inside
a running office is in `bots.offices.checkup`. Findings hold counts, names of rooms and of the bots'
accounts, and opaque references, never a person's id.
"""
