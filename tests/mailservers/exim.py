"""Exim, as a hoster runs it: what it refuses is said by files that may change while it runs."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bots.lab.synapse.embedded import free_port
from tests.mailservers.packages import IDS, environment, root
from tests.mailservers.running import Log, running

CONFIG = """\
primary_hostname = mail.hoster.example
spool_directory = {folder}/spool
log_file_path = {folder}/%s.log
log_selector = +received_recipients
pid_file_path = {folder}/pid
exim_path = {program}
exim_user = {user}
exim_group = {user}
never_users =
keep_environment = LD_LIBRARY_PATH : LD_PRELOAD
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
rfc1413_query_timeout = 0s
host_lookup =
smtp_accept_max = {connections}
smtp_accept_max_per_connection = {mails}
queue_only = true
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
begin acl
acl_mail:
{at_mail}
  accept
acl_rcpt:
  deny condition = ${{if exists{{{folder}/refuses}}}}
       message = ${{readfile{{{folder}/refuses}}{{}}}}
  accept
acl_data:
  deny condition = ${{if exists{{{folder}/dislikes}}{{\\
                   ${{if match{{$h_To:}}{{${{readfile{{{folder}/dislikes}}{{}}}}}}}}}}}}
       message = This message was classified as SPAM and may not be delivered
  accept
begin routers
all:
  driver = redirect
  data = :blackhole:
begin transports
begin retry
"""


@dataclass(frozen=True, slots=True)
class Exim:
    folder: Path
    port: int
    log: Log

    def refuses(self, message: str | None) -> None:
        """Every recipient, for good, in these words; None: nobody any more."""
        self._say("refuses", message)

    def dislikes(self, to: str | None) -> None:
        """Messages to whom it matches."""
        self._say("dislikes", to)

    def _say(self, name: str, text: str | None) -> None:
        if text is None:
            (self.folder / name).unlink()
        else:
            new = self.folder / f"{name}.new"
            new.write_text(text)
            new.rename(self.folder / name)


@asynccontextmanager
async def exim(
    folder: Path, *, connections: int = 100, mails: int = 1000, at_mail: str = "", port: int = 0
) -> AsyncIterator[Exim]:
    """So many connections at once and mails by each; `at_mail`: what it says to a sender first."""
    port = port or free_port()
    limits = {"connections": connections, "mails": mails, "at_mail": at_mail}
    config = _config(folder, {"port": port, **limits})
    took = Log(folder / "main.log", r" <= .* for (\S+)@")
    around = environment(folder, fake_root=os.geteuid() == 0)
    async with running([_program(), "-C", config, "-bdf"], around, [port]):
        yield Exim(folder, port, took)


def _program() -> Path:
    return root() / "usr/sbin/exim4"


def _config(folder: Path, values: Mapping[str, object]) -> Path:
    folder.mkdir()
    user = os.geteuid() or IDS["Debian-exim"]
    path = folder / "exim.conf"
    path.write_text(CONFIG.format(folder=folder, program=_program(), user=user, **values))
    path.chmod(0o644)
    return path
