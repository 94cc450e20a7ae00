"""The command line `buendnis`: `entry` runs it, `commands` has a module for each command."""
