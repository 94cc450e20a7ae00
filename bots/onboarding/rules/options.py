"""Initiatives and topics as they are offered, and what of them somebody's words mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bots.onboarding.settings import Initiative
from bots.runtime.understanding import answers
from bots.runtime.understanding.answerwords import POLITE
from bots.runtime.understanding.folding import fold
from bots.runtime.understanding.numbers import has_date, numbers

MOST = 15
"""Initiatives in a list; where there are more, topics are offered instead."""
VAGUE = 8
"""A word that means more initiatives than this means none."""
TOPIC = "topic:"
_AND = re.compile(r"[,;\n/+·،؛]|\s(?:und|and|et|ve|та|и|і|و)\s")


@dataclass(frozen=True, slots=True)
class Choice:
    picked: tuple[Initiative, ...] = ()
    unknown: tuple[str, ...] = ()
    """What could not be found, as it was written."""


def in_order(initiatives: Sequence[Initiative]) -> tuple[str, ...]:
    """Ids of initiatives, or topics: what the numbers of a list stand for."""
    topics = dict.fromkeys(topic for x in initiatives for topic in x.topics)
    if len(initiatives) <= MOST or not topics:
        return tuple(x.id for x in initiatives[:MOST])
    ranked = sorted(topics, key=lambda topic: -sum(topic in x.topics for x in initiatives))
    return tuple(TOPIC + x for x in ranked[:MOST])


def choose(text: str, initiatives: Sequence[Initiative], offered: Sequence[str]) -> Choice:
    """What somebody means by numbers of the list, or by names of initiatives, topics, districts."""
    whole = _named(text, initiatives)
    if whole:
        return Choice(_once(initiatives, [whole]))
    if answers.is_all(text, len(offered)):
        every = (_numbered(x, initiatives, offered) for x in range(1, len(offered) + 1))
        return Choice(_once(initiatives, list(every)))
    if has_date(text):
        return Choice((), (text,))
    written = numbers(text)
    if written:
        found = [_numbered(x, initiatives, offered) for x in written]
        missing = tuple(str(x) for x, y in zip(written, found, strict=True) if not y)
        return Choice(_once(initiatives, found), missing)
    parts = [x.strip() for x in _AND.split(text) if x.strip() and not _is_polite(x)]
    named = [_part(x, initiatives, offered) for x in parts]
    missing = tuple(x for x, y in zip(parts, named, strict=True) if not y)
    return Choice(_once(initiatives, named), missing)


def _is_polite(text: str) -> bool:
    said = fold(text).split()
    return bool(said) and POLITE.issuperset(said)


def _part(text: str, initiatives: Sequence[Initiative], offered: Sequence[str]) -> set[str]:
    """What a part means, politeness aside: a name, a number, or several names in a row."""
    words = [x for x in fold(text).split() if x not in POLITE]
    found = _named(text, initiatives) or _named(" ".join(words), initiatives)
    if found:
        return found
    written = [_numbered(x, initiatives, offered) for x in numbers(text)]
    each = [_named(x, initiatives) for x in words]
    return set().union(*written) or (set().union(*each) if all(each) else set())


def _numbered(number: int, initiatives: Sequence[Initiative], offered: Sequence[str]) -> set[str]:
    if not 1 <= number <= len(offered):
        return set()
    meant = offered[number - 1]
    if meant.startswith(TOPIC):
        return {x.id for x in initiatives if meant.removeprefix(TOPIC) in x.topics}
    return {x.id for x in initiatives if x.id == meant}


def _named(text: str, initiatives: Sequence[Initiative]) -> set[str]:
    said = fold(text)
    if not said:
        return set()
    exact = {x.id for x in initiatives if said in map(fold, (x.name, x.id, x.district, *x.topics))}
    if exact or len(said) < 3:
        return exact
    part = {x.id for x in initiatives if said in fold(x.name)}
    return part if len(part) <= VAGUE else set()


def _once(initiatives: Sequence[Initiative], found: Sequence[set[str]]) -> tuple[Initiative, ...]:
    wanted = set().union(*found)
    return tuple(x for x in initiatives if x.id in wanted)
