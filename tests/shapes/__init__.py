"""Recorded messages of people's own clients, and what our bots make of them."""
