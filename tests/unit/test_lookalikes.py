"""Names that people choose: folded, and never that of an initiative."""

from __future__ import annotations

import unicodedata

import pytest

from bots.runtime.understanding.lookalikes import looks_like
from bots.runtime.understanding.texts import called
from tests.kit.exchange import LEYLA, NORTH, SETTINGS, Market

INITIATIVES = ("Willkommen in Nord", "Nord", "Моабит допомагає", "الجيران", "Café Süd")


@pytest.mark.parametrize(
    "name",
    [
        "Willkommen in Nord", "WILLKOMMEN IN NORD", "Wіllkommen in Nоrd", "Willkommen-in-Nord",
        "W\u200bi\u2060llkommen in\u00a0Nord", "𝐖𝐢𝐥𝐥𝐤𝐨𝐦𝐦𝐞𝐧 𝐢𝐧 𝐍𝐨𝐫𝐝",
        "Ｗｉｌｌｋｏｍｍｅｎ ｉｎ Ｎｏｒｄ",
        "VViIIkornrnen in N0rd", "Willkommen in Nord – Team", "(Willkommen in Nord)", "Nоrd",
        "n o r d",
        "N\u0336o\u0336r\u0336d\u0336", "Nord\u2800\u2800", "Ⓝⓞⓡⓓ", "МОАБИТ ДОПОМАГАЄ", "الجِيران",
        "Cafe Sud", "CAFÉ SÜD",
    ],
)  # fmt: skip
def test_what_reads_like_an_initiative(name: str) -> None:
    assert looks_like(name, INITIATIVES)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Anna Nord",
        "Nordine",
        "Leyla",
        "Ольга",
        "أحمد",
        "Willkommen",
        "Ин Норд",
        "ሰላም",
        "In Süd",
    ],
)
def test_what_is_somebodys_name(name: str) -> None:
    assert not looks_like(name, INITIATIVES)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Leyla\u2800\u2800\u2800\u3164\u115f\u1160\uffa0 K.", "Leyla K."),
        ("\u202eLeyla\u2066", "Leyla"),
        ("Le\u0301yla", "Léyla"),
        ("L" + "\u0336\u0489\u0302" * 40 + "eyla", None),
        ("\u0336" * 50, ""),
        ("....––––", ""),
        ("\u2800", ""),
        ("أَحْمَدُ", "أَحْمَدُ"),
        ("🌻", "🌻"),
        ("a\n\n\n\nb", "a b"),
        ("\ufdfd" * 60, None),
    ],
)
def test_a_name_is_folded(name: str, shown: str | None) -> None:
    found = called(name)
    assert shown is None or found == unicodedata.normalize("NFKC", shown)
    assert len(found) <= 60
    marks = [unicodedata.category(x) in ("Mn", "Me") for x in found]
    assert not any(all(marks[i : i + 4]) for i in range(len(marks) - 3))


def shares(name: str) -> str:
    market = Market()
    market.write("!name an", LEYLA, NORTH)
    source = market.writes()
    market.seen[source] = {**market.seen[source], "name": name}
    return market.text(market.marks(source), "copy")


def test_the_initiative_comes_first_whatever_the_name() -> None:
    first = shares("Leyla\u2800\u2800").splitlines()[0]
    assert first.index("Willkommen in Nord") < first.index("Leyla")


def test_nobody_shares_under_the_name_of_another_initiative() -> None:
    other = next(x.initiative for x in SETTINGS.sources if x.room != NORTH)
    text = shares(f"{other}\u2800")
    assert "Wer hat ein Sofa?" in text
    assert other not in text
