"""What the demo prints."""

from __future__ import annotations

import time

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from bots.lab.demo import papers
from bots.lab.demo.stage import Stage
from bots.lab.demo.telling import GUEST, GUEST_COORDINATOR, GUEST_STAFF

WIDTH = 100


class Screen:
    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._console.width = min(self._console.width, WIDTH)
        self._start = time.monotonic()
        self._steps = 0

    def opening(self) -> None:
        self._console.print("\n [bold]buendnis[/bold] · a network, and what happens in it\n")
        self._console.print(
            " Real homeservers, real offices, real encryption. Every step is observed\n"
            " from outside: by somebody else's client, in a mail's bytes, by HTTP.\n"
        )
        self._row("", "", "[dim]seen by[/dim]", "[dim]after[/dim]")

    def act(self, title: str) -> None:
        self._console.print(f"\n [bold]{title}[/bold]")

    def step(self, what: str, who: str, seconds: float) -> None:
        self._steps += 1
        self._row("[green]✓[/green]", what, who, f"{seconds:.2f} s")

    def _row(self, *cells: str) -> None:
        row = Table.grid(padding=(0, 1), expand=True)
        row.add_column(width=2, justify="right")
        row.add_column(ratio=1)
        row.add_column(width=13, no_wrap=True)
        row.add_column(width=7, justify="right", no_wrap=True)
        row.add_row(*cells)
        self._console.print(row)

    def played(self) -> None:
        seconds = time.monotonic() - self._start
        self._console.print(
            f"\n [bold green]{self._steps} steps, all observed from outside[/bold green], "
            f"{seconds:.0f} s\n"
        )

    def failed(self, why: str) -> None:
        self._console.print("\n [bold red]✗ This was not observed:[/bold red]")
        self._console.print(why, markup=False)

    def where_to_look(self, stage: Stage) -> None:
        self._console.print(" [bold]Look for yourself[/bold]\n")
        table = Table.grid(padding=(0, 2))
        table.add_row("mails that were sent", stage.mails)
        table.add_row("the network's pages", stage.pages)
        table.add_row("settings and logs", str(stage.folder))
        self._console.print(Padding(table, (0, 0, 1, 3)))
        self._console.print(" with Element (desktop or web), as\n")
        table = Table.grid(padding=(0, 2))
        for who, name in (
            ("somebody new", GUEST),
            ("a coordinator", GUEST_COORDINATOR),
            ("staff of the ombuds office", GUEST_STAFF),
        ):
            table.add_row(who, name, stage.passwords[name])
        self._console.print(Padding(table, (0, 0, 1, 3)))
        ombuds, alliance = stage.user(papers.OMBUDS), stage.alias("buendnis")
        self._console.print(
            f" In Element, choose “Edit” beside matrix.org and enter {stage.here.url}\n"
            f" Somebody new asks to join {alliance}, or writes privately to {ombuds}.\n"
            " Coordinator and staff accept their invitations first, each in a window of its own.\n"
        )
        self._console.print(
            " [dim]Accounts, passwords and keys were made for this demo, and go with it.\n"
            " Ctrl-C ends everything and leaves nothing behind.[/dim]\n"
        )
