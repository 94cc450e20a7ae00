"""An office at work: inbox, rule, one commit, outbox, perform."""
