"""Pure tests: no network, no database, no process."""
