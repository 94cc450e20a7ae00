"""`buendnis doctor` on what `init` sets up: certificates, names, legal pages, backups."""

from __future__ import annotations

import os
import re
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from click.testing import CliRunner

from bots.cli.checkup.belonging import belonging
from bots.cli.checkup.public import CLIENT, KEYS, SERVER, public
from bots.cli.checkup.saved import saved
from bots.cli.checkup.subject import Subject
from bots.cli.entry import cli
from bots.offices.checkup.finding import Finding, Mark
from bots.runtime.office.serving import Account
from tests.kit.answering import Homeserver
from tests.kit.certificates import NOW, Authority
from tests.kit.installation import initialised

DAY = timedelta(days=1)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@asynccontextmanager
async def site(context: ssl.SSLContext, pages: Mapping[str, Any]) -> AsyncIterator[str]:
    """A proxy: what it has no page for is a service that does not answer."""

    async def answer(request: web.Request) -> web.Response:
        found = pages.get(request.path)
        url = f"https://{request.host}"
        if found is None:
            return web.Response(status=502)
        text = found.replace("HERE", url).replace("HOST", request.host)
        return web.Response(text=text, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    try:
        yield f"https://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


PAGES: Mapping[str, str] = {
    "/config.json": '{"terms_and_conditions_links": '
    '[{"url": "HERE/imprint"}, {"url": "HERE/privacy"}]}',
    "/imprint": "Verein",
    "/privacy": "Verein",
    CLIENT: '{"m.homeserver": {"base_url": "HERE"}}',
    SERVER: '{"m.server": "HOST"}',
    KEYS: '{"server_name": "HOST"}',
}


async def looked(
    authority: Authority,
    pages: Mapping[str, Any] = PAGES,
    *,
    days: int = 60,
    address: str = "127.0.0.1",
) -> list[Finding]:
    async with site(authority.context(NOW + days * DAY, address), pages) as url:
        return await public(url, url, url, str(authority.file))


def faults(found: list[Finding]) -> list[Finding]:
    return [one for one in found if one.mark is Mark.FAULT]


async def test_everything_is_there(authority: Authority) -> None:
    found = await looked(authority)
    assert faults(found) == []
    assert {one.check for one in found} == {"chat", "certificate", "legal", "well-known", "matrix"}


@pytest.mark.parametrize(
    ("days", "address", "words"),
    [(-1, "127.0.0.1", "expired"), (60, "127.0.0.2", "mismatch")],
)
async def test_a_certificate_that_does_not_count(
    authority: Authority, days: int, address: str, words: str
) -> None:
    found = faults(await looked(authority, days=days, address=address))
    assert found[0].check == "certificate"
    assert words in found[0].found
    assert found[0].remedy


async def test_no_certificate_at_all(authority: Authority, tmp_path: Path) -> None:
    async with site(authority.context(NOW + 60 * DAY), PAGES) as url:
        [wrong] = [x for x in faults(await public(url, url, url)) if x.check == "certificate"]
    assert "docker-compose logs" in str(wrong.remedy)


@pytest.mark.parametrize("page", ["/imprint", "/privacy"])
async def test_a_legal_page_that_does_not_answer(authority: Authority, page: str) -> None:
    [wrong] = faults(await looked(authority, {k: v for k, v in PAGES.items() if k != page}))
    assert (wrong.check, f"{page} does not answer (502)" in wrong.found) == ("legal", True)
    assert "The law wants it" in str(wrong.remedy)


@pytest.mark.parametrize("page", [CLIENT, SERVER])
async def test_a_domain_that_does_not_lead_to_the_homeserver(
    authority: Authority, page: str
) -> None:
    [wrong] = faults(await looked(authority, {k: v for k, v in PAGES.items() if k != page}))
    assert (wrong.check, page in wrong.found) == ("well-known", True)
    assert "dns.txt" in str(wrong.remedy)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({KEYS: '{"server_name": "other.example"}'}, "where other.example answers"),
        ({KEYS: None}, "where no homeserver tells its name"),
        ({SERVER: '{"m.server": "127.0.0.1:9"}'}, "where no homeserver tells its name"),
    ],
)
async def test_a_domain_that_leads_to_another_homeserver(
    authority: Authority, changed: dict[str, str | None], words: str
) -> None:
    found = await looked(authority, {**PAGES, **changed})
    faults = [x for x in found if x.mark is Mark.FAULT]
    assert {x.check for x in faults} == {"well-known"}
    for one in faults:
        assert words in one.found
        assert one.remedy is not None
        assert KEYS in one.remedy


@pytest.mark.parametrize(
    ("told", "wrong"),
    [("https://old.example/", 1), ("HERE/", 0), (None, 0)],
    ids=["another", "the same", "none"],
)
async def test_where_the_homeserver_itself_sends_apps(
    authority: Authority, told: str | None, wrong: int
) -> None:
    """Its `public_baseurl`."""
    context = authority.context(NOW + 60 * DAY)
    async with site(context, PAGES) as url:
        page = told and f'{{"m.homeserver": {{"base_url": "{told.replace("HERE", url)}"}}}}'
        async with site(context, {CLIENT: page}) as homeserver:
            found = faults(await public(url, url, homeserver, str(authority.file)))
    assert len(found) == wrong
    for one in found:
        assert (one.check, f"sends apps to {told}" in one.found) == ("well-known", True)
        assert f"`public_baseurl: {url}`" in str(one.remedy)


async def test_nothing_listens() -> None:
    found = faults(await public(*["https://127.0.0.1:1"] * 3))
    assert {one.check for one in found} == {"chat", "well-known"}


# -- the name of the homeserver --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "mark"), [("example.org", Mark.OK), ("matrix.example.org", Mark.FAULT)]
)
async def test_the_homeservers_own_name(tmp_path: Path, named: str, mark: Mark) -> None:
    homeserver = Homeserver({KEYS: {"server_name": named}})
    async with homeserver.running() as url:
        account = Account(url, "@ombuds:example.org", password="x")
        subject = Subject(tmp_path / "o.yaml", account, tmp_path, tmp_path / "seal.key")
        [found] = await belonging(subject)
    assert (found.check, found.mark) == ("server name", mark)
    if mark is Mark.FAULT:
        assert 'Write `server_name: "matrix.example.org"`' in str(found.remedy)


# -- backups ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stamp", "office", "mark", "words"),
    [
        (None, 1, Mark.OK, "none was made yet"),
        (None, 9, Mark.FAULT, "none was ever made; the office is 9 days old"),
        (2, 30, Mark.OK, "2 days old"),
        (8, 30, Mark.FAULT, "8 days old"),
    ],
)
def test_the_last_backup(
    tmp_path: Path, stamp: int | None, office: int, mark: Mark, words: str
) -> None:
    now = time.time()
    for name, days in (("seal.keyring", office), ("last-backup", stamp)):
        if days is not None:
            (tmp_path / name).touch()
            then = now - days * 86_400 - 60
            os.utime(tmp_path / name, (then, then))
    found = saved(tmp_path, tmp_path / "seal.keyring", now)
    assert (found.mark, words in found.found) == (mark, True)
    assert (found.remedy is not None) == (mark is Mark.FAULT)


@pytest.mark.parametrize(
    ("hours", "mark", "words"),
    [
        (0.5, Mark.NOTE, "one is being made"),
        (5, Mark.FAULT, "begun 5 hours ago"),
        (30, Mark.FAULT, "begun 1 day ago"),
    ],
)
def test_a_backup_that_was_broken_off(tmp_path: Path, hours: float, mark: Mark, words: str) -> None:
    """Although the one before is young."""
    now = time.time()
    for name in ("seal.keyring", "last-backup", "unfinished-backup"):
        (tmp_path / name).touch()
    then = now - hours * 3600 - 60
    os.utime(tmp_path / "unfinished-backup", (then, then))
    found = saved(tmp_path, tmp_path / "seal.keyring", now)
    assert (found.mark, words in found.found, bool(found.remedy)) == (mark, True, True)


def test_doctor_speaks_german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ombuds office that was just set up, on a machine on which nothing runs."""
    folder = initialised(tmp_path / "buendnis", "--without-containers") / "ombuds"
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    told = CliRunner().invoke(cli, ["doctor", str(folder / "ombuds.yaml")]).output
    told = told.replace(str(folder.parent), "")
    for words in ("ist in Ordnung", "nur für ihren Besitzer", "antwortet niemand",
                  "Starten Sie den Homeserver", "läuft nicht", "1 Fehler, "):  # fmt: skip
        assert words in told
    assert not re.search(r"\b(the|is|not|of|its|nothing|none)\b", told)
