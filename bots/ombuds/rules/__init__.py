"""What the office decides. Pure: no clock, no randomness, no network, no database."""
