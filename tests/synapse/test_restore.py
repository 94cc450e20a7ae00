"""The restore of docs/install.md, as it is printed: on PostgreSQL, with services of users of their
own, broken off at each line, and begun again. The network office is opened by a key file, the
ombuds office by a passphrase."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest

from bots.lab.people.person import Person
from tests.kit.founders import confirms
from tests.synapse.installed import (
    DOMAIN,
    PASSWORD,
    Installed,
    add_initiatives,
    initialised,
    on_loopback,
)
from tests.synapse.machine import Machine, machine, printed

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(600)]
BLOCK = printed("scripts/restore")
PASSPHRASE = "fünf Wörter ohne jeden Sinn\n"
STOPPER = """\
# Ends the script the first time that it comes to a line which is not noted yet.
set -T
declare -A _done
while read -r _line; do _done[$_line]=yes; done <"$LINES_DONE"
_at() {
    [[ ${BASH_SOURCE[1]} == *scripts/restore && ! ${_done[$1]-} ]] || return 0
    echo "$1" >>"$LINES_DONE"
    kill -KILL $$
}
trap '_at $LINENO' DEBUG
"""


@pytest.fixture
def place() -> Iterator[Machine]:
    with machine() as found:
        yield found


async def installed(place: Machine) -> Installed:
    """An alliance that runs, with a case: as the guide has it made."""
    here = await initialised(place.folder)
    on_loopback(here, {"name": "psycopg2", "args": _database(place)})
    add_initiatives(here, 3)
    settings = place.folder / "ombuds" / "ombuds.yaml"
    settings.write_text(
        settings.read_text().replace("  state:", "  opened_by: passphrase\n  state:")
    )
    password = (place.folder / "postgres" / "password").read_text().strip()
    _sql(place, f"CREATE ROLE synapse LOGIN PASSWORD '{password}'")
    _sql(place, "CREATE DATABASE synapse OWNER synapse TEMPLATE template0 LOCALE 'C'")
    pasted(
        place,
        f"""cd /opt/buendnis
        scripts/owners
        systemctl enable --now buendnis-synapse
        until (exec 3<>/dev/tcp/127.0.0.1/{here.synapse_port}) 2>/dev/null; do sleep 0.3; done
        scripts/accounts""",
    )
    return here


def _database(place: Machine) -> dict[str, object]:
    passfile = str(place.folder / "homeserver" / "secrets" / "pgpass")
    return {"host": "127.0.0.1", "port": place.database.port, "user": "synapse",
            "dbname": "synapse", "passfile": passfile, "cp_min": 1, "cp_max": 5}  # fmt: skip


def run(place: Machine, office: str, command: str, typed: str = "") -> str:
    """A command of an office, as its user."""
    uid = {"network": 10001, "ombuds": 10002}[office]
    return pasted(
        place,
        f"""cd /srv/buendnis/{office}
        setpriv --reuid={uid} --regid={uid} --clear-groups \\
            /opt/buendnis/.venv/bin/buendnis {command} {office}.yaml""",
        typed,
    )


async def person(here: Installed, place: Machine, name: str) -> Person:
    return await Person.create(
        here.url, f"@{name}:{DOMAIN}", PASSWORD, place.root / "people" / name
    )


async def test_the_printed_block_brings_everything_back(place: Machine) -> None:
    here = await installed(place)
    for name in ("anna", "bilal", "carla"):
        await here.account(name)
    assert "Changes made" in run(place, "network", "apply")
    pasted(place, "systemctl enable --now buendnis@network buendnis@ombuds")
    _unlocked(place)
    bilal, anna = await person(here, place, "bilal"), await person(here, place, "anna")
    try:
        await bilal.start()
        await anna.start()
        staff = await _joined(bilal)
        await confirms(bilal, staff, code=here.code(bilal.user_id))
        room, _ = await anna.write_privately(f"@ombuds:{DOMAIN}", "Die Heizung ist kaputt.")
        await bilal.wait_for(room_id=staff, body=re.compile("Heizung"))
        await anna.wait_for(room_id=room, sender=f"@ombuds:{DOMAIN}")
        _backed_up(place)
        _lost(place)
        _without_passphrase(place)
        _begun_too_early(place)
        _broken_off_everywhere(place)
        _everything_is_back(place)
        await anna.send(room, "Das Wasser ist jetzt auch kalt.")
        await bilal.wait_for(room_id=staff, body=re.compile("Wasser"))
    finally:
        await bilal.close()
        await anna.close()


def _unlocked(place: Machine) -> None:
    """Once the office listens."""
    uid, yaml = 10002, "/srv/buendnis/ombuds/ombuds.yaml"
    unlock = f"/opt/buendnis/.venv/bin/buendnis unlock {yaml}"
    line = f"setpriv --reuid={uid} --regid={uid} --clear-groups {unlock}"
    pasted(
        place, f"read -r words; until {line} <<<$words 2>/dev/null; do sleep 0.3; done", PASSPHRASE
    )


def pasted(place: Machine, block: str, typed: str = "") -> str:
    told = place.paste(block, typed)
    assert told.returncode == 0, told.stdout + told.stderr + place.logs()
    return told.stdout


def _without_passphrase(place: Machine) -> None:
    told = place.paste(BLOCK)
    assert told.returncode == 1
    assert "is opened by a passphrase" in told.stderr
    assert not place.folder.exists()


def _begun_too_early(place: Machine) -> None:
    """On a server on which something has filled the database already."""
    told = place.paste(BLOCK, PASSPHRASE)
    assert told.returncode == 1, told.stdout + told.stderr
    assert "(1 tables)" in told.stderr
    assert "scripts/restore --set-aside" in told.stderr
    assert "✓" not in told.stdout
    assert not (place.folder / "homeserver" / "homeserver.yaml").exists(), "Synapse could start"


def _everything_is_back(place: Machine) -> None:
    assert "Nothing was to be changed" in run(place, "network", "apply")
    told = place.paste(BLOCK, PASSPHRASE)
    assert told.returncode == 1
    assert "already; nothing was changed" in told.stderr


async def _joined(bilal: Person) -> str:
    invitation = await bilal.wait_until(
        lambda: next(
            (x.room_id for x in bilal.invited_rooms.values() if x.sender == f"@ombuds:{DOMAIN}"),
            None,
        ),
        "the staff's room",
    )
    return await bilal.join(invitation)


def _backed_up(place: Machine) -> None:
    told = place.paste(printed("scripts/backup"))
    assert told.returncode == 0, told.stdout + told.stderr
    assert not list(place.folder.glob("*/state/unfinished-backup")), "for doctor it is broken off"
    keys = place.root / "srv" / "keys"
    keys.mkdir()
    shutil.copy(place.folder / "network" / "state" / "seal.key", keys / "network.key")
    assert not (place.folder / "ombuds" / "state" / "seal.key").exists()


def _lost(place: Machine) -> None:
    """The server burns down; on the new one somebody has begun in the wrong order."""
    place.stop()
    shutil.rmtree(place.folder)
    _sql(place, "DROP DATABASE synapse WITH (FORCE)", "CREATE DATABASE synapse OWNER synapse")
    _sql(place, "CREATE TABLE public.events (id int)", database="synapse")


def _sql(place: Machine, *commands: str, database: str = "postgres") -> None:
    words = [word for command in commands for word in ("--command", command)]
    place.database.run("psql", "--port", str(place.database.port), "--host", "127.0.0.1",
                       "--dbname", database, *words)  # fmt: skip


def _broken_off_everywhere(place: Machine) -> None:
    """Killed at each line of the script in turn, and begun again, until it comes to its end."""
    stopper, done = place.root / "stopper", place.root / "lines"
    stopper.write_text(STOPPER)
    done.touch()
    block = BLOCK.replace("scripts/restore ", "scripts/restore --set-aside ")
    told = place.paste(block, PASSPHRASE, BASH_ENV=str(stopper), LINES_DONE=str(done))
    while told.returncode != 0:
        assert told.returncode in (137, -9), told.stdout + told.stderr + place.logs()
        told = place.paste(block, PASSPHRASE, BASH_ENV=str(stopper), LINES_DONE=str(done))
    assert len(done.read_text().split()) > 60
    assert told.stdout.count("✓") == 5, told.stdout
    assert "Everything is back" in told.stdout
