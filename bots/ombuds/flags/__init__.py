"""Messages that people flag in rooms, and who is told about them."""
