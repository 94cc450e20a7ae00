"""What an answer may be. Each check gives the answer as it is kept, or says what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bots.cli.installing import wording
from bots.cli.installing.answers import (
    SERVICES,
    Answers,
    Founding,
    Held,
    Hosts,
    Imprint,
    MailServer,
)
from bots.runtime.speech import words
from config.values.languages import LANGUAGES
from config.values.mails import is_domain, is_local

Texts = Mapping[str, str]
"""What was answered so far: key of the question → answer as it is kept."""

LONGEST = 100
KNOWN = tuple(language.tag for language in words.LANGUAGES)
YES = frozenset({"yes", "y", "ja", "j", "true", "oui", "evet", "так", "да", "نعم", "بله"})
NO = frozenset({"no", "n", "nein", "false", "non", "hayır", "ні", "нет", "لا", "خیر", "نه"})
_LOCALPART = re.compile(r"[a-z0-9._=/+-]{1,100}")
_BETWEEN = re.compile(r"[\s,;]+")
_SMTP = re.compile(r"([^\s:]+)(?::([0-9]{1,5}))?\s+(\S+)")


class Wrong(Exception):
    """An answer that can't be used; `text` says what to write instead."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text)
        self.text = text
        self.values = values


def name(text: str, _: Texts) -> str:
    line = " ".join(text.split())
    if not line or not line.isprintable() or len(line) > LONGEST:
        raise Wrong(wording.NO_NAME, n=LONGEST)
    return line


def languages(text: str, _: Texts) -> str:
    found = dict.fromkeys(_language(part) for part in _BETWEEN.split(text.strip()) if part)
    if not found:
        raise Wrong(wording.NO_LANGUAGE, given="", known=", ".join(KNOWN))
    return " ".join(found)


def _language(text: str) -> str:
    word = text.casefold()
    found = next((code for code in KNOWN if word == code or word in LANGUAGES[code]), None)
    if found is None:
        raise Wrong(wording.NO_LANGUAGE, given=text, known=", ".join(KNOWN))
    return found


def domain(text: str, _: Texts) -> str:
    given = text.strip().lower().rstrip(".")
    if _is_host(given):
        return given
    bare = re.sub(r"^[a-z]+://|^.*@", "", given).partition("/")[0].removeprefix("www.")
    raise Wrong(wording.NO_DOMAIN, given=text.strip(), example=_ascii(bare) or "example.org")


def _ascii(host: str) -> str | None:
    """`bündnis.example` → `xn--bndnis-3ya.example`."""
    try:
        found = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return found if _is_host(found) else None


def _is_host(text: str) -> bool:
    last = text.rpartition(".")[2]
    return is_domain(text) and "." in text and not last.isdigit()


def hosts(text: str, given: Texts) -> str:
    found = [part.lower() for part in _BETWEEN.split(text.strip())]
    if len({*found, given["domain"]}) != 4 or len(found) != 3 or not all(map(_is_host, found)):
        raise Wrong(wording.NO_HOSTS, example=default_hosts(given))
    return " ".join(found)


def default_hosts(given: Texts) -> str:
    return " ".join(f"{part}.{given['domain']}" for part in ("matrix", "chat", "buendnis"))


def yes_or_no(text: str, _: Texts) -> str:
    word = text.strip().casefold()
    if word not in YES | NO:
        raise Wrong(wording.NO_YES)
    return "yes" if word in YES else "no"


def person(text: str, given: Texts) -> str:
    """`anna` → `@anna:example.org`."""
    local, _, server = text.strip().removeprefix("@").partition(":")
    if not _LOCALPART.fullmatch(local) or server not in ("", given["domain"]):
        proposed = local.casefold() if _LOCALPART.fullmatch(local.casefold()) else "anna"
        example = f"@{proposed}:{given['domain']}"
        raise Wrong(wording.NO_PERSON, given=text.strip(), example=example)
    if local in SERVICES:
        raise Wrong(wording.SERVICE_NAME, given=local)
    return f"@{local}:{given['domain']}"


def address(text: str, given: Texts) -> str:
    local, _, server = text.strip().rpartition("@")
    if not is_local(local) or not _is_host(server.lower()):
        raise Wrong(wording.NO_ADDRESS, given=text.strip(), example=f"kontakt@{given['domain']}")
    return f"{local}@{server.lower()}"


def imprint(text: str, given: Texts) -> str:
    parts = [part.strip() for part in text.split(";")]
    if len(parts) != 3 or not all(parts) or not text.strip().isprintable():
        raise Wrong(wording.NO_IMPRINT, example=example_imprint(given))
    return "; ".join(name(part, given) for part in parts)


def example_imprint(given: Texts) -> str:
    return f"{given.get('name', 'Bündnis')} e. V.; Musterweg 1, 12345 Musterstadt; Anna Muster"


def mail(text: str, given: Texts) -> str:
    if not text.strip():
        return ""
    found = _SMTP.fullmatch(text.strip())
    if not found or not _is_host(found[1].lower()) or not 0 < int(found[2] or 587) < 65536:
        raise Wrong(wording.NO_MAIL, example=example_mail(given))
    return f"{found[1].lower()}:{found[2] or 587} {found[3]}"


def example_mail(given: Texts) -> str:
    return f"mail.{given['domain']} rundbrief@{given['domain']}"


def staff(text: str, given: Texts) -> str:
    people = dict.fromkeys(person(x, given) for x in _BETWEEN.split(text.strip()) if x)
    if len(people) == 1:
        raise Wrong(wording.TOO_FEW)
    return " ".join(people)


# -- an ombuds office alone ------------------------------------------------------------------------


def account(text: str, _: Texts) -> str:
    local, host = (*text.strip().removeprefix("@").split(":", 1), "")[:2]
    if not _LOCALPART.fullmatch(local) or not _is_host(host.lower()):
        raise Wrong(wording.NO_ACCOUNT, given=text.strip(), example="@ombuds:example.org")
    return f"@{local}:{host.lower()}"


def server(text: str, given: Texts) -> str:
    """`matrix.example.org` → `https://matrix.example.org`."""
    host = text.strip().lower().removeprefix("https://").rstrip("/")
    if not _is_host(host):
        raise Wrong(wording.NO_SERVER, given=text.strip(), example=default_server(given))
    return f"https://{host}"


def default_server(given: Texts) -> str:
    return f"https://matrix.{_server_of(given)}"


def team(text: str, given: Texts) -> str:
    """On the server of the office's account: others can't be in its room."""
    found = staff(text, {"domain": _server_of(given)})
    if not found:
        raise Wrong(wording.TOO_FEW)
    return found


def example_team(given: Texts) -> str:
    return f"@bilal:{_server_of(given)} @carla:{_server_of(given)}"


def _server_of(given: Texts) -> str:
    return given["account"].partition(":")[2]


def founded(texts: Texts) -> Founding:
    """Answers about an office alone that have passed every check."""
    return Founding(
        name=texts["office"],
        languages=tuple(texts["languages"].split()),
        account=texts["account"],
        homeserver=texts["homeserver"],
        staff=tuple(texts["staff"].split()),
        held=Held(
            texts["machine_held_by"],
            texts["homeserver_held_by"],
            network=texts["held_by_network"] == "yes",
        ),
    )


# -- what they come to -----------------------------------------------------------------------------


def understood(texts: Texts) -> Answers:
    """Answers that have passed every check."""
    server = _SMTP.fullmatch(texts["mail"])
    return Answers(
        name=texts["name"],
        languages=tuple(texts["languages"].split()),
        domain=texts["domain"],
        hosts=Hosts(*texts["hosts"].split()),
        website_elsewhere=texts["website_elsewhere"] == "yes",
        coordinator=texts["coordinator"],
        contact=texts["contact"],
        imprint=Imprint(*texts["imprint"].split("; ")),
        mail=MailServer(server[1], int(server[2]), server[3]) if server else None,
        staff=tuple(texts["staff"].split()),
    )
