"""Private chats: what a person writes, and what we tell them."""
