"""`buendnis audit export FILE DEST` and `buendnis audit verify DEST`: what an office recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bots.runtime.kit.chain import Fault


@click.command()
@click.argument("action", metavar="export|verify", type=click.Choice(["export", "verify"]))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("dest", metavar="[DEST]", required=False, type=click.Path(path_type=Path))
@click.option("--names", is_flag=True, help="Export whom and what entries are about as well.")
@click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="HEAD",
    help="What a mail or the room told, such as '120 3f9a-77c1-0b2e-5d84-a1c9'. May be repeated.",
)
@click.option(
    "--heads",
    "texts",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file with texts that tell heads: mails that were kept, or what the room said.",
)
def command(
    action: str,
    file: Path,
    dest: Path | None,
    names: bool,
    heads: tuple[str, ...],
    texts: tuple[Path, ...],
) -> None:
    """Write out what an ombuds office recorded, or look whether anybody changed it.

    `export FILE DEST` writes the record of the office of FILE into DEST, without names. `verify
    DEST` looks at it anywhere, without the office and its key: whether each entry follows the one
    before, and fits the heads that the office has told by mail and in its room.
    """
    if action == "export":
        _export(file, dest, names)
    else:
        _verify(file, _told(heads, texts))


def _export(file: Path, dest: Path | None, names: bool) -> None:
    import os

    from bots.cli.saying import give_up, say
    from bots.cli.storage import storage_or_exit
    from bots.runtime.model.errors import StoreError
    from bots.runtime.store.recording import export

    storage = storage_or_exit(file)
    try:
        if dest is None:
            raise ValueError("Name the file to write into as well, behind that of the settings.")
        key = storage.key()
        if key is None:
            raise ValueError(f"There is no sealing key in {storage.key_path}.")
        lines = export(storage.state, key, names=names)
        with os.fdopen(os.open(dest, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.writelines(f"{x}\n" for x in lines)
    except FileExistsError:
        give_up(f"{dest} exists already; name another file.")
    except (StoreError, ValueError) as error:
        give_up(error)
    say(f"{dest}: entries written: {len(lines)}.")


def _told(heads: tuple[str, ...], texts: tuple[Path, ...]) -> list[tuple[int, str]]:
    from bots.cli.saying import give_up
    from bots.runtime.kit.chain import told_in

    found = []
    for head in heads:
        told = told_in(head)
        if not told:
            give_up(f"'{head}' is no head; copy number and digits as the office told them.")
        found += told
    for path in texts:
        found += told_in(path.read_text(encoding="utf-8", errors="replace"))
    return found


def _verify(file: Path, heads: list[tuple[int, str]]) -> None:
    from bots.cli.saying import give_up, say
    from bots.runtime.kit.chain import verify

    with file.open(encoding="utf-8", errors="replace") as lines:
        found = verify(lines, heads)
    for gap in found.gaps:
        if gap.known:
            say(f"Entries {gap.first} to {gap.last} were lost, as the record itself says.")
        else:
            say(f"Entries from {gap.first} on were lost; nobody knows how many.")
    for number in found.lost:
        say(f"The head of entry {number} can't be compared: it is among those that were lost.")
    if found.fault is not None:
        give_up(_WRONG[found.fault.wrong](found.fault, found.head.number))
    say(f"Each entry follows the one before it. Entries: {found.entries}. Head: {found.head.told}")
    if found.confirmed:
        say(f"The heads that were told confirm it up to entry {found.confirmed}.")
    else:
        say("No head was compared. Whoever holds the machine could have written all of it anew.")


_WRONG: Mapping[str, Callable[[Fault, int], str]] = {
    "unreadable": lambda x, _: f"Entry {x.number} (line {x.line}) is no entry of a record.",
    "changed": lambda x, _: (
        f"Entry {x.number} (line {x.line}) was changed: its digest does not fit."
    ),
    "order": lambda x, _: f"Entry {x.number} (line {x.line}) is twice, or in the wrong place.",
    "missing": lambda x, _: f"Entries are missing before line {x.line}: {x.number} to {x.until}.",
    "apart": lambda x, last: f"Entry {x.number} (line {x.line}) does not follow entry {last}.",
    "opened": lambda x, _: f"Entry {x.number} (line {x.line}) is not about what stands beside it.",
    "rewritten": lambda x, _: (
        f"Written anew since it was told: from entry {x.number} to {x.until}."
    ),
    "cut": lambda x, _: f"Entries are missing at the end: {x.number} to {x.until}.",
}
"""What is wrong → how it is told; `last`: number of the last entry that fits."""
