"""The subcommands of `buendnis`: one module each, named like the command.

A module holds `command`, a `click.Command`. It is imported for its help too, so at its top it
imports nothing slow (no nio, no pydantic): what a command needs, its function imports.
"""
