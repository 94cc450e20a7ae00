"""`buendnis unlock FILE`: the passphrase for an office that waits for it."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Hand the passphrase to the office of FILE, which waits for it since it was started.

    It is asked for, or read from the command's input (`systemd-ask-password | buendnis unlock …`);
    it is never an argument. If the office has never run, this is the passphrase that it gets.
    """
    import sys
    from contextlib import suppress

    from bots.cli.loading import load_any_or_exit
    from bots.cli.saying import complain, give_up, say
    from bots.cli.storage import typed
    from bots.runtime.process.control import NotRunning, Refused, ask
    from bots.runtime.store.holding import stored

    state = load_any_or_exit(file).state
    with suppress(Refused, NotRunning):
        ask(state, "key")
        return say("The office is open already.")
    while True:
        try:
            text = typed("Passphrase", twice=stored(state) is None)
            ask(state, "unlock", passphrase=text)
        except NotRunning as error:
            give_up(f"{error} Start it with `buendnis run {file}`.")
        except Refused as error:
            complain(str(error))
            if not sys.stdin.isatty():
                raise SystemExit(1) from None
        else:
            return say("The office is open, and starts.")
