"""The ten questions, in their order, and those about an ombuds office alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bots.cli.installing import checks, wording
from bots.cli.installing.checks import Texts, Wrong

Make = Callable[[Texts], str]


def _always(text: str) -> Make:
    return lambda _: text


def _at_domain(text: str) -> Make:
    return lambda given: text.format(domain=given["domain"])


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    """Its name in a file of answers."""
    text: str
    check: Callable[[str, Texts], str]
    example: Make
    default: Make | None = None
    """What the Enter key takes; without one an answer is needed."""


QUESTIONS = (
    Question("name", wording.NAME, checks.name, _always("Bündnis Musterstadt")),
    Question(
        "languages", wording.LANGUAGES, checks.languages, _always("de en ar fa"),
        _always(" ".join(checks.KNOWN)),
    ),
    Question("domain", wording.DOMAIN, checks.domain, _always("buendnis-musterstadt.de")),
    Question(
        "hosts", wording.HOSTS, checks.hosts, checks.default_hosts, checks.default_hosts
    ),
    Question("website_elsewhere", wording.WEBSITE, checks.yes_or_no, _always("no"), _always("no")),
    Question("coordinator", wording.COORDINATOR, checks.person, _at_domain("@anna:{domain}")),
    Question("contact", wording.CONTACT, checks.address, _at_domain("kontakt@{domain}")),
    Question("imprint", wording.IMPRINT, checks.imprint, checks.example_imprint),
    Question("mail", wording.MAIL, checks.mail, checks.example_mail, _always("")),
    Question(
        "staff", wording.STAFF, checks.staff, _at_domain("@bilal:{domain} @carla:{domain}"),
        _always(""),
    ),
)  # fmt: skip
OFFICE = (
    Question("office", wording.OFFICE, checks.name, _always("Ombudsstelle"),
             _always("Ombudsstelle")),
    Question(
        "languages", wording.LANGUAGES, checks.languages, _always("de en ar fa"),
        _always(" ".join(checks.KNOWN)),
    ),
    Question("account", wording.ACCOUNT, checks.account, _always("@ombuds:ombudsstelle.example")),
    Question("homeserver", wording.SERVER, checks.server, checks.default_server,
             checks.default_server),
    Question("staff", wording.TEAM, checks.team, checks.example_team),
    Question("machine_held_by", wording.MACHINE, checks.name, _always("Beratungsverein e. V.")),
    Question("homeserver_held_by", wording.HOMESERVER, checks.name,
             _always("Rechenzentrum der Diakonie")),
    Question("held_by_network", wording.NETWORK, checks.yes_or_no, _always("no"), _always("no")),
)  # fmt: skip
"""About an ombuds office on a machine of its own (`init --ombuds`)."""
PASSWORD = "mail_password"  # noqa: S105  (the name of a key)


@dataclass(frozen=True, slots=True)
class Refusal:
    key: str
    wrong: Wrong


def answered(
    given: Mapping[str, str], questions: tuple[Question, ...] = QUESTIONS
) -> tuple[dict[str, str], list[Refusal]]:
    """The answers as they are kept, and everything that is wrong with them.

    What builds on an answer that is wrong is not looked at.
    """
    kept: dict[str, str] = {}
    keys = [question.key for question in questions]
    keys += [PASSWORD] * ("mail" in keys)
    refusals = [_unknown(key, keys) for key in given if key not in keys]
    for question in questions:
        try:
            kept[question.key] = question.check(_given(question, given, kept), kept)
        except Wrong as wrong:
            refusals.append(Refusal(question.key, wrong))
        except KeyError:
            continue
    return kept, refusals


def _unknown(key: str, known: Iterable[str]) -> Refusal:
    return Refusal(key, Wrong(wording.UNKNOWN, given=key, known=", ".join(known)))


def _given(question: Question, given: Mapping[str, str], kept: Texts) -> str:
    if question.key in given:
        return given[question.key]
    return question.default(kept) if question.default else ""
