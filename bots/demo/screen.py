"""What the demo prints."""

from __future__ import annotations

import time

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from bots.demo.stage import OFFICE, Stage
from bots.demo.story import GUEST, GUEST_STAFF


class Screen:
    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._console.width = min(self._console.width, 100)
        self._start = time.monotonic()
        self._steps = 0

    def opening(self) -> None:
        self._console.print("\n [bold]buendnis[/bold] · one complaint, all the way\n")
        self._console.print(
            " A real homeserver, a real office, real encryption. Every step is observed\n"
            " from outside, by somebody else's client.\n"
        )
        self._row("", "", "[dim]seen by[/dim]", "[dim]after[/dim]")

    def step(self, what: str, who: str, seconds: float) -> None:
        self._steps += 1
        self._row("[green]✓[/green]", what, who, f"{seconds:.2f} s")

    def _row(self, *cells: str) -> None:
        row = Table.grid(padding=(0, 1), expand=True)
        row.add_column(width=2, justify="right")
        row.add_column(ratio=1)
        row.add_column(width=11, no_wrap=True)
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
        self._console.print(f"\n [bold red]✗ This was not observed:[/bold red] {why}\n")

    def where_to_look(self, stage: Stage) -> None:
        self._console.print(" [bold]Look for yourself[/bold], with Element (desktop or web):\n")
        table = Table.grid(padding=(0, 2))
        table.add_row("homeserver", stage.synapse.url)
        table.add_row("somebody who writes", f"{GUEST}   password {stage.passwords[GUEST]}")
        table.add_row(
            "somebody of the staff", f"{GUEST_STAFF}   password {stage.passwords[GUEST_STAFF]}"
        )
        table.add_row("write privately to", stage.user(OFFICE))
        table.add_row("the office's settings", str(stage.settings))
        table.add_row("its log", str(stage.folder / "ombuds.log"))
        self._console.print(Padding(table, (0, 0, 1, 3)))
        self._console.print(
            " In Element, choose “Edit” beside matrix.org and enter the homeserver's address.\n"
            " Log in as staff first and accept the invitation; then write as the other, in a\n"
            " second window.\n"
        )
        self._console.print(" [dim]Ctrl-C ends everything and leaves nothing behind.[/dim]\n")
