"""What `plan` and `apply` print, and how they end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from bots.cli.saying import complain
from bots.cli.storage import with_passphrase
from bots.offices.spaces.planning import Counted, planning
from bots.runtime.store.store import StoreError
from config.cli.spoken import spoken
from config.values.faults import escaped
from federation.model.errors import FederationError
from federation.spaces.applying.apply import Outcome, Told
from federation.spaces.planning.plan import Plan
from federation.spaces.steps import Change, MakeRoom

if TYPE_CHECKING:
    from bots.offices.spaces.planning import Planning

_STYLES = {"+": "green", "~": "yellow", "-": "red", "!": "bold red", "i": "cyan"}


def run_planning(file: Path, work: Callable[[Planning], Awaitable[int]]) -> int:
    """Load the settings and do the work; its exit status."""
    import asyncio

    from bots.cli.loading import load_network_or_exit

    config = with_passphrase(load_network_or_exit(file))

    async def run() -> int:
        try:
            async with planning(config) as opened:
                return await work(opened)
        except (StoreError, ValueError, FederationError) as error:
            complain(f"{file}: {error}")
            return 1

    try:
        return asyncio.run(run())
    except KeyboardInterrupt:
        complain("Stopped. Run it again to go on from here.")
        raise SystemExit(130) from None


class Screen:
    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def diff(self, planned: Plan, *, remove: bool) -> None:
        """Everything that would be done, and everything that would not."""
        for change in planned.changes:
            self._change(change)
        self.remarks(planned, remove=remove)

    def _change(self, change: Change) -> None:
        if not change.implied:
            self._line(str(change), change.sign)

    def remarks(self, planned: Plan, *, remove: bool) -> None:
        if not remove:
            for change in planned.undeclared:
                self._line(f"{change} (`apply --remove` takes that back)", change.sign)
        for problem in planned.problems:
            self._line(str(problem), "!")
        for note in planned.notes:
            self._line(f"i {note.where}: {note.text}", "i")

    def summary(self, planned: Plan, counted: Counted) -> None:
        rooms = sum(isinstance(change.step, MakeRoom) for change in planned.changes)
        others = sum(not c.implied for c in planned.changes) - rooms
        told = [
            f"spaces and rooms to make: {rooms}" if rooms else "",
            f"other changes: {others}" if others else "",
            f"no longer declared: {len(planned.undeclared)}" if planned.undeclared else "",
            f"to mend by hand: {len(planned.problems)}" if planned.problems else "",
        ]
        total = len(planned.layout.rooms)
        nothing = f"Nothing to do: {total} spaces and rooms are as declared"
        self._say(", ".join(filter(None, told)) or nothing, counted)

    def applied(self, outcome: Outcome, counted: Counted) -> None:
        text = f"Changes made: {outcome.done}" if outcome.done else "Nothing was to be changed"
        if outcome.failed:
            text = f"Changes made: {outcome.done}, failed: {len(outcome.failed)}; run it again"
        self._say(text, counted)

    def _say(self, text: str, counted: Counted) -> None:
        cost = f"{counted.requests} requests, {counted.seconds:.1f} s"
        self._console.print(f"{spoken(text)} ({spoken(cost)}).", markup=False)

    def _line(self, text: str, sign: str) -> None:
        sign_and_place, colon, told = escaped(text).partition(": ")
        self._console.print(Text(f"{sign_and_place}{colon}{spoken(told)}", style=_STYLES[sign]))

    @contextmanager
    def progress(self, total: int) -> Iterator[Told]:
        """A bar where there is a terminal; one line a change everywhere."""
        bar = Progress(
            TextColumn("  "),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal or not total,
        )
        with bar:
            task = bar.add_task("", total=total)

            def told(change: Change, error: str | None) -> None:
                if error is None:
                    self._change(change)
                else:
                    self._line(f"! {change.where}: {change.text}: {error}", "!")
                bar.advance(task)

            yield told
