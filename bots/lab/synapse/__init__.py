"""A real Synapse on this machine, and homeservers beside it."""
