"""Imprint and privacy pages, from the settings of a network to what a browser shows."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from bots.lab.synapse.embedded import free_port
from bots.offices.reading import load_network
from bots.offices.web import settings_of
from bots.runtime.speech.words import Words
from bridges.web.models import Ports
from bridges.web.server import serving
from tests.synapse.web import Recorder

NAME, RESPONSIBLE = "Verein <e. V.> & Co.", "Anna Muster"
ADDRESS, PRIVACY = "Musterweg 1\n12345 Ort", "Wer nicht mehr will, schreibt uns.\nZweite <Zeile>."
SENDER, OFFICE = "Rundbrief <news@example.org>", "buero@example.org"


def declared(**imprint: str) -> dict[str, Any]:
    return {
        "network": {"name": "Bündnis", "state": "./state", "languages": ["en", "de"]},
        "homeserver": {"url": "http://127.0.0.1:8008", "server_name": "example.org"},
        "email": {
            "from": SENDER,
            "smtp": {"host": "127.0.0.1", "port": 25, "tls": "none"},
        },
        "web": {"listen": f"127.0.0.1:{free_port()}", "public_url": "http://127.0.0.1"},
        "imprint": {
            "name": NAME,
            "address": ADDRESS,
            "responsible": RESPONSIBLE,
            "privacy": PRIVACY,
            **imprint,
        },
    }


def read(page: str) -> dict[str, str]:
    """What stands below each heading of a page."""
    main = page.partition("<main")[2].partition("</main>")[0]
    parts = re.findall(r"<h[12]>(.*?)</h[12]>(.*?)(?=<h[12]>|$)", main, re.DOTALL)
    return {head: html.unescape(re.sub("<[^>]+>", "", text)).strip() for head, text in parts}


async def pages(file: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The imprint and the page on privacy."""
    settings, recorder = settings_of(load_network(file)), Recorder()
    assert settings is not None
    ports = Ports(Words(), lambda: True, recorder.numbers)
    async with serving(settings, ports) as site, aiohttp.ClientSession(site.address) as http:
        found = []
        for path in ("/imprint", "/privacy"):
            async with http.get(path, params={"lang": "en"}) as answer:
                assert answer.status == 200
                found.append(read(await answer.text()))
    return found[0], found[1]


@pytest.mark.parametrize("given", [{}, {"contact": OFFICE}])
async def test_they_say_what_the_settings_say(
    given: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUENDNIS_NETWORK_REGISTRATION_SECRET", "secret")
    file = tmp_path / "network.yaml"
    file.write_text(yaml.safe_dump(declared(**given), allow_unicode=True), encoding="utf-8")
    imprint, privacy = await pages(file)
    assert imprint == {
        "Imprint": NAME,
        "Postal address": ADDRESS,
        "Contact": given.get("contact", SENDER),
        "Responsible for the content": RESPONSIBLE,
    }
    assert privacy["Privacy"].endswith(f"\n{PRIVACY}")
    assert RESPONSIBLE not in privacy["Privacy"]
