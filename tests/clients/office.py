"""An ombuds office that runs as a process, and its staff with a strict phone each."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from bots.ombuds import codes
from bots.runtime.process.control import ask
from tests.bench.mailsink import Sink
from tests.clients.strict import Shown, StrictPerson
from tests.kit.founders import code_of, hand_out
from tests.synapse.processes import Installation
from tests.synapse.waiting import until

CODE = re.compile(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){2}")
MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")
BOARD = "board@carrier.example"
"""Who hears of alarms."""


@dataclass
class Office:
    here: Installation
    mails: Sink
    room: str = ""

    @property
    def account(self) -> str:
        return self.here.account

    async def founded(self, *founders: StrictPerson) -> None:
        """As `init` leaves it, and started."""
        here = self.here
        here.settings["office"] |= {"name": "The ombuds office", "languages": ["en", "de"]}
        here.settings["staff"] = [x.user_id for x in founders]
        here.settings["alarms"] = {
            "to": [BOARD],
            "from": "The office <office@carrier.example>",
            "smtp": {"host": "localhost", "port": self.mails.port, "tls": "none"},
        }
        here.write()
        hand_out(here.state, *here.settings["staff"])
        await here.ready()

    async def sets_undo(self, span: str) -> None:
        """How long an answer can be taken back from now on."""
        self.here.settings["answers"]["undo"] = span
        self.here.write()
        await asyncio.to_thread(ask, self.here.state, "reload")

    # -- what the office says ----------------------------------------------------------------------

    async def tells(
        self, person: StrictPerson, text: str, *, since: str = "", thread: str | None = None
    ) -> Shown:
        """What she reads of it in the staff's room. `since`: behind this message."""

        def find() -> Shown | None:
            found = [x for x in person.seen(self.room) if x.sender == self.account]
            if since:
                found = [x for x in found if _is_behind(person, self.room, x, since)]
            there = (x for x in found if thread is None or x.thread == thread)
            return next((x for x in there if re.search(text, plain(x.body))), None)

        return await person.wait_until(find, repr(text))

    async def is_asked(
        self, person: StrictPerson, words: str, answer: str, thread: str | None = None
    ) -> Shown:
        """Somebody writes a command, and this is what comes of it."""
        sent = await person.send(self.room, words, thread=thread)
        return await self.tells(person, answer, since=sent)

    # -- codes -------------------------------------------------------------------------------------

    async def comes(self, person: StrictPerson) -> None:
        """She accepts the one invitation that there is."""
        asked = await person.wait_until(
            lambda: next((x for x in person.rooms.values() if x.mine == "invite"), None), "a room"
        )
        self.room = await person.join(asked.room)

    async def types(self, person: StrictPerson, code: str, whose: StrictPerson) -> None:
        """She writes a code, and the room says who is confirmed by it."""
        await self.is_asked(person, code, f"{whose.user_id} is confirmed")

    async def founder(self, person: StrictPerson) -> None:
        """She types what she was given on paper, as people do."""
        await self.tells(person, "recovery")
        code = codes.shown(code_of(person.user_id)).lower().replace("-", " ")
        await self.types(person, code, person)

    async def reads_out(self, person: StrictPerson, to: StrictPerson) -> None:
        """She is given a code that nobody else reads, and tells it a colleague on the phone."""
        told = await self.is_asked(person, "Hello, it is me.", "Your code: ")
        found = CODE.search(told.body)
        assert found is not None
        await self.tells(to, f"{person.user_id} is not confirmed, and has just been given a code")
        assert not [x for x in to.seen(self.room) if found[0] in x.body]
        await self.types(to, found[0], person)

    async def from_host(self, person: StrictPerson) -> None:
        """Whoever runs the machine makes a code."""
        done = await self.here.command("code", person.user_id)
        assert done.status == 0, done.err
        found = CODE.search(done.out)
        assert found is not None
        await self.types(person, found[0], person)

    async def mailed(self, number: int) -> None:
        """So many mails about alarms have arrived."""
        await until(lambda: len(self.mails.mails) >= number, f"{number} mails")


def plain(body: str) -> str:
    """Without the marks that keep names of another direction apart."""
    return MARKS.sub("", body)


def _is_behind(person: StrictPerson, room: str, shown: Shown, event: str) -> bool:
    ids = [x.id for x in person.seen(room)]
    return event in ids and ids.index(shown.id) > ids.index(event)
