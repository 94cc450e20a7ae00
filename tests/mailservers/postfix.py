"""Postfix, and postgrey beside it: one server with a port for each way to be."""

from __future__ import annotations

import getpass
import grp
import os
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bots.lab.synapse.embedded import free_port
from tests.mailservers.packages import environment, root
from tests.mailservers.running import Log, running

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {root}/usr/lib/postfix/sbin
command_directory = {root}/usr/sbin
shlib_directory = {root}/usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.hoster.example
mydestination =
local_recipient_maps =
alias_maps =
virtual_mailbox_domains = mail.example
virtual_mailbox_maps = regexp:{folder}/mailboxes
virtual_transport = discard
default_transport = discard
smtpd_peername_lookup = no
smtpd_client_event_limit_exceptions =
anvil_rate_time_unit = {unit}s
smtpd_relay_restrictions = reject_unauth_destination
maillog_file = {folder}/log
maillog_file_prefixes = /
import_environment = MAIL_CONFIG LANG=C {variables}
export_environment = {variables}
"""
MASTER = """\
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
MAILBOXES = "!/^(nobody|gone[0-9]*)@/ all/\n"
QUEUES = "active bounce corrupt defer deferred hold incoming maildrop pid private public trace"


@dataclass(frozen=True, slots=True)
class Postfix:
    ports: Mapping[str, int]
    """Of each way to be."""
    log: Log


Way = Mapping[str, str]
"""How one of its ports behaves: settings in place of the usual ones."""


@asynccontextmanager
async def postfix(
    folder: Path, ways: Mapping[str, Way], *, unit: int = 60
) -> AsyncIterator[Postfix]:
    """`unit`: seconds that limits are meant by."""
    ports = {name: free_port() for name in ways}
    around = _files(folder, [_service(ports[name], way) for name, way in ways.items()], unit)
    command: list[str | Path] = [root() / "usr/lib/postfix/sbin/master", "-c"]
    command += [folder / "conf", "-d"]
    async with running(command, around, list(ports.values())):
        yield Postfix(ports, Log(folder / "log", r"discard\[\d+\]: \w+: to=<(\S+)@mail\.example>"))


def _files(folder: Path, services: Sequence[str], unit: int) -> dict[str, str]:
    """What it is run with, and in which environment."""
    for name in QUEUES.split():
        (folder / "queue" / name).mkdir(parents=True)
    for name in ("data", "conf"):
        (folder / name).mkdir()
    around = environment(folder, fake_root=True)
    variables = " ".join(x for x in around if x != "PATH")
    main = MAIN.format(folder=folder, root=root(), unit=unit, variables=variables)
    (folder / "conf/main.cf").write_text(main)
    (folder / "conf/master.cf").write_text("".join(services) + MASTER)
    (folder / "mailboxes").write_text(MAILBOXES)
    return around


def _service(port: int, way: Way) -> str:
    options = "".join(f"  -o {{ {name} = {value} }}\n" for name, value in way.items())
    return f"127.0.0.1:{port} inet n - n - - smtpd\n{options}"


@asynccontextmanager
async def postgrey(folder: Path, delay: int) -> AsyncIterator[Path]:
    """Its socket. A sender is asked to come back after so many seconds."""
    socket, command = _postgrey(folder, delay)
    libraries = ":".join(str(x) for x in root().glob("usr/lib/*-linux-gnu"))
    around = {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": libraries}
    async with running(command, around, [socket]):
        yield socket


def _postgrey(folder: Path, delay: int) -> tuple[Path, list[str | Path]]:
    folder.mkdir()
    unpacked = ("share/perl5", "lib/*/perl5/5.*", "share/perl/5.*", "lib/*/perl/5.*")
    modules = [f"-I{x}" for part in unpacked for x in (root() / "usr").glob(part)]
    own = root() / "usr/bin/perl"
    perl = str(own) if own.exists() else shutil.which("perl")
    assert perl is not None
    socket = folder / "socket"
    options = [
        f"--unix={socket}",
        f"--dbdir={folder}",
        f"--delay={delay}",
        "--auto-whitelist-clients=0",
        "--whitelist-clients=/dev/null",
        "--whitelist-recipients=/dev/null",
        f"--user={getpass.getuser()}",
        f"--group={grp.getgrgid(os.getegid()).gr_name}",
    ]
    return socket, [perl, "-T", *modules, root() / "usr/sbin/postgrey", *options]
