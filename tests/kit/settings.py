"""Settings of an ombuds office, and what is told of faults in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.loading import load
from config.values.faults import ConfigFaults

VALID = """\
office:
  name: Ombudsstelle im Bündnis
  languages: [de, en, ar]
  state: ./state
homeserver:
  url: https://matrix.example.org
account:
  user: "@ombuds:example.org"
staff:
  - "@anna:example.org"
  - "@bilal:example.org"
"""
EXAMPLE = Path(__file__).parents[2] / "config/examples/ombuds.yaml"


def write(folder: Path, text: str) -> Path:
    path = folder / "ombuds.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path, text: str) -> list[str]:
    """Each fault as `LINE: path: text`."""
    path = write(folder, text)
    with pytest.raises(ConfigFaults) as caught:
        load(path)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{path}:") for line in lines)
    return [line.removeprefix(f"{path}:") for line in lines]


def fault_of(folder: Path, text: str) -> str:
    [fault] = faults_of(folder, text)
    return fault
