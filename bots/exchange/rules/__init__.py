"""What the exchange decides: pure, given what it knows, what happened and when."""
