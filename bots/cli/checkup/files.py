"""Files and folders: who may read and write them, and how much room there is."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from bots.offices.checkup.finding import Finding, fault, note, ok

OTHERS = 0o077
LITTLE = 1_000_000_000
LITTLE_SHARE = 0.05
ALMOST_NOTHING = 50_000_000
"""Bytes; below, the store can soon no longer be written."""


# -- secrets ---------------------------------------------------------------------------------------


def secret_files(paths: Iterable[Path]) -> list[Finding]:
    """Whether only their owner can read them, or put others in their place."""
    paths = list(paths)
    found = [finding for path in paths for finding in _secret(path)]
    if found:
        return found
    if not paths:
        return [ok("secrets", "none of them lies in a file")]
    return [ok("secrets", f"for their owner alone: {', '.join(path.name for path in paths)}")]


def _secret(path: Path) -> Iterator[Finding]:
    try:
        mode, folder = path.stat().st_mode, path.parent.stat().st_mode
    except OSError as error:
        remedy = "See that the file is there and belongs to the user who runs the office."
        yield fault("secrets", f"{path} can't be looked at ({error.strerror})", remedy)
        return
    if mode & OTHERS:
        remedy = f"Run `chmod 600 {_quoted(path)}`, and set the secret anew if others were there."
        yield fault("secrets", f"{path} can be read by others on this machine", remedy)
    if folder & stat.S_ISVTX:
        return
    remedy = f"Run `chmod go-w {_quoted(path.parent)}`."
    if folder & stat.S_IWOTH:
        found = f"everybody may put another file in the place of {path}"
        yield fault("secrets", found, remedy)
    elif folder & stat.S_IWGRP:
        yield note("secrets", f"a group may put another file in the place of {path}", remedy)


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


# -- the state folder ------------------------------------------------------------------------------


def state_folder(folder: Path, me: int) -> list[Finding]:
    """`me`: the number of the user who asks."""
    try:
        status = folder.stat()
    except FileNotFoundError:
        remedy = "The office makes it when it starts for the first time."
        return [note("state", f"{folder} is not there yet", remedy), *space(_existing(folder))]
    except OSError as error:
        remedy = "Run doctor as the user who runs the office."
        return [fault("state", f"{folder} can't be looked at ({error.strerror})", remedy)]
    found = [*_rights(folder, status.st_mode), *_owners(folder, status.st_uid, me)]
    if not found:
        found = [ok("state", f"{folder}, for {_name(status.st_uid)} alone")]
    return [*found, *space(folder)]


def _rights(folder: Path, mode: int) -> Iterator[Finding]:
    if mode & 0o300 != 0o300:
        remedy = f"Run `chmod u+rwx {_quoted(folder)}`."
        yield fault("state", f"the owner of {folder} may not write to it", remedy)
    remedy = f"Run `chmod 700 {_quoted(folder)}`."
    if mode & (stat.S_IWOTH | stat.S_IWGRP):
        yield fault("state", f"others may write to {folder}", remedy)
    elif mode & OTHERS:
        found = f"others may look into {folder}; what lies in it is sealed or closed to them"
        yield note("state", found, remedy)


def _owners(folder: Path, owner: int, me: int) -> Iterator[Finding]:
    name = _name(owner)
    if me not in (owner, 0):
        remedy = f"Run doctor as that user, and the office too: `sudo -u {name} buendnis …`."
        yield note("state", f"{folder} belongs to {name}, not to you", remedy)
    try:
        uids = [entry.lstat().st_uid for entry in folder.iterdir()]
    except OSError:
        return
    yield from strangers(folder, owner, uids)


def strangers(folder: Path, owner: int, uids: Iterable[int]) -> list[Finding]:
    """`uids`: who owns what lies in the folder."""
    foreign = sum(uid != owner for uid in uids)
    if not foreign:
        return []
    found = f"files in {folder} that belong to somebody else than the folder: {foreign}"
    command = f"chown -R {owner} {_quoted(folder)}"
    return [
        fault("state", found, f"Somebody ran the office as another user. As root: `{command}`.")
    ]


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"#{uid}"  # as sudo takes it


# -- the disk --------------------------------------------------------------------------------------


def _existing(folder: Path) -> Path:
    return next(path for path in folder.absolute().parents if path.exists())


def space(folder: Path) -> list[Finding]:
    try:
        usage, flags = shutil.disk_usage(folder), os.statvfs(folder).f_flag
    except OSError as error:
        return [note("disk", f"could not be measured ({error.strerror})")]
    return [room(usage.total, usage.free, read_only=bool(flags & os.ST_RDONLY))]


def room(total: int, free: int, *, read_only: bool = False) -> Finding:
    """Bytes of a disk."""
    if read_only:
        remedy = "Mount it for writing, or put the state folder somewhere else."
        return fault("disk", "it is read-only", remedy)
    found = f"{free / 1e9:.1f} GB free, {100 * free / max(total, 1):.0f} % of the disk"
    remedy = "Make room: on a full disk the office stops, and nothing more is taken in."
    if free < ALMOST_NOTHING:
        return fault("disk", found, remedy)
    if free < LITTLE or free < LITTLE_SHARE * total:
        return note("disk", found, remedy)
    return ok("disk", found)
