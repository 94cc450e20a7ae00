"""Private chats: what a person writes, and what she is told."""
