"""`buendnis schema`: the JSON Schema of the settings, for editors."""

from __future__ import annotations

from typing import Literal

import click


@click.command()
@click.argument("kind", type=click.Choice(["ombuds", "network"]), default="ombuds")
def command(kind: Literal["ombuds", "network"]) -> None:
    """Print the JSON Schema of ombuds.yaml or network.yaml, for editors."""
    from bots.offices.reading import schema

    click.echo(schema(kind), nl=False)
