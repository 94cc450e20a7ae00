"""What a rule hears, and what it can ask for. Pure."""
