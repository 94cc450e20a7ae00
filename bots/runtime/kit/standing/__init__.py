"""Who decides in the network's rooms: whether a command came from a device of its author's own."""
