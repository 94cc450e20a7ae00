"""`buendnis code FILE USER`: a code for staff of an ombuds office of which nobody is known."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("user", metavar="USER")
def command(file: Path, user: str) -> None:
    """Make a code by which the ombuds office of FILE learns the keys of USER.

    It counts for 24 hours, and only while nobody in the team is confirmed. The whole team is told.
    """
    import time

    from bots.cli.loading import load_any_or_exit
    from bots.cli.saying import give_up, say
    from bots.offices import codes
    from bots.runtime.process.control import NotRunning, Refused, ask
    from config.ombuds.settings import OmbudsConfig
    from config.values.matrix_ids import is_matrix_id

    config = load_any_or_exit(file)
    if not isinstance(config, OmbudsConfig):
        give_up("Only an ombuds office has such codes. Give its file, as in `ombuds.yaml`.")
    if not is_matrix_id(user):
        give_up(f"{user} is no Matrix name. Write it like this: @anna:example.org")
    now = time.time()
    code, given = codes.new(user, now, founder=False)
    try:
        codes.add(config.state, given, now)
        ask(config.state, "reload")
    except NotRunning:
        pass
    except (OSError, ValueError, Refused) as error:
        give_up(error)
    click.echo(code)
    say(
        "Hand this code over in person. It is written in the staff's room, as an encrypted message "
        "of its own, within 24 hours. It counts only while nobody in the team is confirmed."
    )
