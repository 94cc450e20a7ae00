"""Matrix ids and server names, as the specification's appendices spell them."""

from __future__ import annotations

import re

from config.values.faults import shown

ID_BYTES = 255
LONGEST_LOCALPART = 100
PLACEHOLDER_SERVER = "example.org"

_SERVER = re.compile(
    r"(?:[A-Za-z0-9.-]{1,230}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?",
)
# Historical localparts are any printable ASCII but the colon (§ Historical user IDs).
_LOCALPART = re.compile(r"[!-9;-~]+")
_CURRENT_LOCALPART = re.compile(r"[a-z0-9._=/+-]+")
_LINK = re.compile(r"^(?:https?://matrix\.to/#/|matrix:u/|web\+matrix:u/)", re.IGNORECASE)
_QUOTES = "\"'“”„‟‘’‚«»‹›<> \t"


def is_server_name(text: str) -> bool:
    """Whether `text` is `host`, `host:port`, an IPv4 address or an IPv6 address in brackets."""
    return _SERVER.fullmatch(text) is not None


def is_matrix_id(text: str) -> bool:
    """Whether `text` is the Matrix id of an account, historical ones included."""
    local, _, server = text[1:].partition(":")
    return (
        text.startswith("@")
        and not local.startswith("@")
        and _LOCALPART.fullmatch(local) is not None
        and is_server_name(server)
        and len(text.encode()) <= ID_BYTES
    )


def server_of(matrix_id: str) -> str:
    """The server's name in a Matrix id that `is_matrix_id`."""
    return matrix_id.partition(":")[2]


def checked_matrix_id(text: str, server: str) -> str:
    """`text` if it is the Matrix id of an account. Raises ValueError that says what to write.

    `server` is the server's name to propose where the text has none.
    """
    if is_matrix_id(text):
        return _without_capitals(text)
    if text[:1] in ("#", "!", "+") and ":" in text:
        raise ValueError(
            f'{shown(text)} is a room, not a person; write a Matrix id, as "@name:{server}"'
        )
    raise ValueError(
        f"{shown(text)} is not a Matrix id; write {shown(proposed_matrix_id(text, server))}"
    )


def _without_capitals(text: str) -> str:
    """Ids from before 2017 may hold some, but people who type one mean the other: an account of
    its own, which anybody may take. Raises ValueError."""
    if text != text.lower():
        raise ValueError(
            f"{shown(text)} holds capitals, so it is another account than the one without; write "
            f"{shown(text.lower())}"
        )
    return text


def checked_account(text: str, server: str) -> str:
    """The Matrix id of an account of ours, or its localpart alone. ValueError."""
    if text.startswith("@") and ":" in text:
        return checked_matrix_id(text, server)
    if _CURRENT_LOCALPART.fullmatch(text) and len(text) <= LONGEST_LOCALPART:
        return text
    proposed = server_free(proposed_matrix_id(text, server))
    raise ValueError(f"{shown(text)} is not the name of an account; write {shown(proposed)}")


def server_free(matrix_id: str) -> str:
    """The localpart of a Matrix id that `is_matrix_id`."""
    return matrix_id[1:].partition(":")[0]


def proposed_matrix_id(text: str, server: str) -> str:
    """What was probably meant: from a bare name, a mail address, a link or a display name."""
    text = _LINK.sub("", text.strip(_QUOTES)).strip(_QUOTES)
    local, found, at = _halves(text.removeprefix("@"))
    local = "_".join(local.split())
    if not _CURRENT_LOCALPART.fullmatch(local):
        local = local.lower() if _CURRENT_LOCALPART.fullmatch(local.lower()) else "name"
    proposed = f"@{local}:{at if found and is_server_name(at) else server}"
    return proposed if is_matrix_id(proposed) else f"@name:{server}"


def _halves(text: str) -> tuple[str, bool, str]:
    for sign in (":", "@"):
        local, found, server = text.partition(sign)
        if found:
            return local, True, server
    return text, False, ""


def checked_server_name(text: str) -> str:
    """`text` if it is a server's name. Raises ValueError that says what to write."""
    if is_server_name(text) and text == text.lower():
        return text
    bare = re.sub(r"^(?:[a-z]+://|@[^:]*:)", "", text.lower().strip(_QUOTES)).split("/")[0]
    proposed = bare if is_server_name(bare) else PLACEHOLDER_SERVER
    raise ValueError(
        f"{shown(text)} is not a server's name; write the part after the colon of "
        f"its Matrix ids, as {shown(proposed)}"
    )
