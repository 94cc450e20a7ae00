"""The offices' bots, the runtime they share, and the command line."""
