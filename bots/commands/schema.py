"""`buendnis schema`: the JSON Schema of the settings, for editors."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """Print the JSON Schema of ombuds.yaml, for editors."""
    from config.schema import schema

    click.echo(schema("ombuds"), nl=False)
