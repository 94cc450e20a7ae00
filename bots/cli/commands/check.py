"""`buendnis check FILE…`: the YAML, offline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from config.network.settings import NetworkFile
    from config.ombuds.settings import OmbudsFile
    from config.reading.sections import File


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Say everything that is wrong in files of settings.

    Each fault is one line: FILE:LINE: path: what is wrong and what to write instead. Asks no
    server and changes nothing. Exit status: 0 if nothing is wrong, 1 if something is.
    """
    results = [_passes(file) for file in files]
    ctx.exit(0 if all(results) else 1)


def _passes(path: Path) -> bool:
    from bots.cli.saying import say
    from bots.offices.reading import check
    from config.values.faults import ConfigFaults, printed

    try:
        checked = check(path)
    except ConfigFaults as faults:
        click.echo(str(faults))
        return False
    for notice in checked.notices:
        click.echo(printed(str(path), replace(notice, text=f"note: {notice.text}")))
    say(f"{path}: nothing wrong: {_summary(checked.file)}")
    return True


def _summary(file: File) -> str:
    from config.network.settings import NetworkFile
    from config.ombuds.settings import OmbudsFile

    if isinstance(file, NetworkFile):
        return _network(file)
    return _office(file) if isinstance(file, OmbudsFile) else ""


def _office(file: OmbudsFile) -> str:
    return (
        f"{file.office.name}, as {file.account.user} on {file.homeserver.url}, "
        f"staff: {len(file.staff)}, languages: {', '.join(file.office.languages)}"
    )


def _network(file: NetworkFile) -> str:
    adopted = sum(initiative.space is not None for initiative in file.initiatives)
    return (
        f"{file.network.name}, made by {file.user('creator')} on {file.homeserver.url}, "
        f"initiatives: {len(file.initiatives)} ({adopted} with spaces of their own), "
        f"languages: {', '.join(file.network.languages)}"
    )
