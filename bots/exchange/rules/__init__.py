"""What the exchange decides: pure functions of what it knows, what happened and when."""
