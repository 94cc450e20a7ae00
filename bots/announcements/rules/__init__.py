"""Pure rules: what to do with each event."""
