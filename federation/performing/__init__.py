"""From an action that a rule asked for to requests."""
