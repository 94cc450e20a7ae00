"""`buendnis init [FOLDER]`: the files of an installation, from answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bots.cli.installing.asking import Terminal
    from bots.cli.installing.plans import Kind, Plan
    from bots.cli.installing.writing import Writing


@click.command()
@click.argument("folder", metavar="[FOLDER]", default=".", type=click.Path(path_type=Path))
@click.option(
    "--answers",
    "answers_file",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Take the answers from this YAML file in place of asking.",
)
@click.option("--yes", is_flag=True, help="Write without asking first.")
@click.option("--replace", is_flag=True, help="Write anew what differs; the old files are kept.")
@click.option("--ombuds", is_flag=True, help="Found an ombuds office alone, on its own machine.")
@click.option(
    "--without-containers", is_flag=True, help="For services that run on this machine itself."
)
@click.option("--language", metavar="CODE", help="Language of the questions, as de or en.")
def command(
    folder: Path, answers_file: Path | None, yes: bool, language: str | None, **how: bool
) -> None:
    """Ask ten questions and write what a network needs into FOLDER.

    These are the settings of both offices, of the homeserver, the proxy and Element Web, every
    secret, and the entries for the DNS. With --ombuds these are an ombuds office alone: its
    settings, its password, and a code for each founder. Nothing is written before you agree. A file
    that is there stays as it is, so the command can be run again.
    """
    from bots.cli.installing.asking import Terminal
    from bots.cli.installing.plans import ALONE, NETWORK
    from bots.runtime.speech.words import Words
    from config.cli.spoken import terminal_language

    kind = ALONE if how["ombuds"] else NETWORK
    terminal = Terminal(Words(), language or terminal_language(), kind.questions)
    folder = folder.absolute()
    try:
        plan = _planned(terminal, folder, answers_file, how)
        _told(terminal, folder, plan.writings)
        if yes or terminal.agreed():
            _written(terminal, folder, plan)
        else:
            _nothing(terminal)
    except OSError as error:
        _cannot(terminal, folder, error)


def _planned(
    terminal: Terminal, folder: Path, answers_file: Path | None, how: dict[str, bool]
) -> Plan:
    """Raises OSError."""
    from bots.cli.installing.plans import ALONE, NETWORK, of_network, of_office

    kind = ALONE if how["ombuds"] else NETWORK
    texts, password = _answers(terminal, folder, answers_file, kind)
    click.echo("")
    terminal.summary(texts)
    click.echo("")
    if how["ombuds"]:
        return of_office(folder, texts, how)
    return of_network(terminal, folder, texts, password, how)


# -- the answers -----------------------------------------------------------------------------------


def _answers(
    terminal: Terminal, folder: Path, file: Path | None, kind: Kind
) -> tuple[dict[str, str], str | None]:
    """The answers as they are kept, and the password of the mail server where one is new."""
    from bots.cli.installing.keys import SMTP

    known = (folder / SMTP).exists()
    if file is None:
        kept = folder / kind.answers
        texts = terminal.questions(_read(kept) if kept.exists() else {})
        wanted = texts.get("mail") and not known
        return texts, terminal.password(texts["mail"].split()[1]) if wanted else None
    return _from_file(terminal, file, known, kind)


def _from_file(
    terminal: Terminal, file: Path, known: bool, kind: Kind
) -> tuple[dict[str, str], str | None]:
    from bots.cli.installing import wording
    from bots.cli.installing.checks import Wrong
    from bots.cli.installing.questions import PASSWORD, Refusal, answered

    given = _read(file)
    texts, refusals = answered(given, kind.questions)
    if texts.get("mail") and not known and not given.get(PASSWORD):
        user = texts["mail"].split()[1]
        refusals.append(Refusal(PASSWORD, Wrong(wording.NO_PASSWORD, user=user)))
    for refusal in refusals:
        sentence = terminal.text(refusal.wrong.text, **refusal.wrong.values)
        click.echo(f"{file}: {refusal.key}: {sentence}", err=True)
    if refusals:
        raise SystemExit(1)
    return texts, given.get(PASSWORD)


def _read(file: Path) -> dict[str, str]:
    """Keys and answers of a file; lists become words, and yes and no stay what they are."""
    import yaml

    from bots.cli.saying import give_up

    try:
        found = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        give_up(f"{file}: is not YAML: {error}")
    if not isinstance(found, dict):
        give_up(f"{file}: must consist of keys, as `name: …`")
    return {key: _plain(value) for key, value in found.items()}


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value in ("null", "~") else str(value)


# -- the end ---------------------------------------------------------------------------------------


def _told(terminal: Terminal, folder: Path, writings: list[Writing]) -> None:
    from bots.cli.installing import wording
    from bots.cli.installing.writing import Mark

    meanings = {
        Mark.NEW: wording.NEW,
        Mark.KEPT: wording.KEPT,
        Mark.DIFFERS: wording.DIFFERS,
        Mark.REPLACED: wording.REPLACED,
    }
    terminal.say(wording.FILES, folder=folder)
    for writing in writings:
        click.echo(f"  {writing.mark} {writing.file.path}")
    for mark, meaning in meanings.items():
        if any(writing.mark is mark for writing in writings):
            terminal.say(meaning)


def _written(terminal: Terminal, folder: Path, plan: Plan) -> None:
    from bots.cli.installing import wording
    from bots.cli.installing.writing import write

    write(folder, plan.writings, plan.folders)
    for text, values in plan.said:
        terminal.say(text, **values)
    if handed := [x for writing in plan.writings if writing.due for x in writing.file.handed]:
        terminal.say(wording.CODES)
        for user, code in handed:
            click.echo(f"  {user}  {code}")


def _nothing(terminal: Terminal) -> None:
    from bots.cli.installing import wording

    terminal.say(wording.NOTHING)
    raise SystemExit(1)


def _cannot(terminal: Terminal, folder: Path, error: OSError) -> None:
    from bots.cli.installing import wording
    from config.cli.spoken import spoken

    where = error.filename or folder
    reason = spoken(error.strerror or "")
    click.echo(terminal.text(wording.CANNOT, path=where, reason=reason), err=True)
    raise SystemExit(1)
