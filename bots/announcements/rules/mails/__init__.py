"""What goes out by mail, to whom, and what is done when it is refused."""
