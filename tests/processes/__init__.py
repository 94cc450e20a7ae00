"""Commands, and programs of others, as processes; no homeserver."""
