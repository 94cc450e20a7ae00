"""The bots, the runtime and the offices in which they run, the command line, the laboratory."""
