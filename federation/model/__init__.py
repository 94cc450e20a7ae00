"""What a room is and says, in words of our own. Pure: no network, no store, no loop."""
