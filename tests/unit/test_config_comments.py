"""What YAML takes for a comment, and keys with nothing behind them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.offices.reading import check
from config.reading.document import read_document
from config.values.faults import ConfigFaults
from config.values.matrix_ids import checked_matrix_id, checked_server_name

NETWORK = """\
network: {name: Bündnis, state: ./state}
homeserver: {url: https://matrix.example.org, server_name: example.org}
rooms:
  alliance: "#buendnis"
initiatives:
  - id: nord
    name: Nord
    contacts: ["@nora:example.org"]
    space: "#start:sued.example"
"""


def refused(tmp_path: Path, old: str, new: str) -> list[str]:
    assert old in NETWORK
    file = tmp_path / "network.yaml"
    file.write_text(NETWORK.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigFaults) as caught:
        check(file)
    return [f"{fault.line}: {fault.text}" for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "line", "meant"),
    [
        ('"#buendnis"', "#mein-bund", 4, '"#mein-bund"'),
        ('"#start:sued.example"', "#start:sued.example", 9, '"#start:sued.example"'),
        ("name: Nord", "name: Nord #1", 7, '"Nord #1"'),
        ("name: Nord", "name: #1 im Norden", 7, '"#1 im Norden"'),
        ('["@nora:example.org"]', "\n      - #nora", 9, '"#nora"'),
        ("id: nord", "id: nord #zwei", 6, '"nord #zwei"'),
    ],
)
def test_a_value_that_yaml_takes_for_a_comment_is_refused(
    tmp_path: Path, old: str, new: str, line: int, meant: str
) -> None:
    told = refused(tmp_path, old, new)
    [found] = [text for text in told if "is a comment" in text]
    assert found.startswith(f"{line}: ")
    assert f"put the text in quotes: {meant}" in found


@pytest.mark.parametrize(
    "text",
    [
        "name: Nord # der Norden\n",
        'name: "Nord #1"\n',
        "name: Nord#1\n",
        "port: 587 #starttls\n",
        "listed: true #ja\n",
        "name: |\n  Nord #1\n",
        "name: Nord ####\n",
        "# name: #x\n#x: #y\nname: x\n",
    ],
)
def test_a_comment_stays_one(text: str) -> None:
    assert read_document(text.encode()).faults == ()


def test_a_key_with_nothing_behind_it_is_told(tmp_path: Path) -> None:
    file = tmp_path / "network.yaml"
    file.write_text(NETWORK.replace('"#start:sued.example"', "") + "email: # später\n")
    told = {
        notice.where for notice in check(file).notices if "has nothing behind it" in notice.text
    }
    assert told == {"initiatives[0].space", "email"}


@pytest.mark.parametrize("text", ["@Anna:example.org", "@anna:Example.org", "@ANNA:EXAMPLE.ORG"])
def test_an_id_with_capitals_is_another_account(text: str) -> None:
    with pytest.raises(ValueError, match=r'write "@anna:example\.org"'):
        checked_matrix_id(text, "example.org")


def test_a_server_with_capitals_is_refused() -> None:
    with pytest.raises(ValueError, match=r'as "example\.org"'):
        checked_server_name("Example.org")
