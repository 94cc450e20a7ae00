"""The web pages over HTTP, as browsers, mail programs and link scanners meet them."""

from __future__ import annotations

import asyncio
import gc
import gzip
import logging
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bridges.web.server import CannotListen
from tests.synapse.web import LANGUAGES, TOKEN, Recorder, site

PAGES = (
    "/",
    "/subscribe",
    "/subscribe/sent",
    f"/c/{TOKEN}",
    "/confirmed",
    f"/u/{TOKEN}",
    "/unsubscribed",
    "/imprint",
    "/privacy",
    "/news",
)
FORM = {"address": "anna@example.org", "language": "ar", "kind": "digest"}


@pytest.fixture
async def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def address(recorder: Recorder) -> AsyncIterator[str]:
    async with site(recorder) as running:
        yield running.address


@pytest.fixture
async def http(address: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(address) as client:
        yield client


def nonce(page: str) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/healthz", "/u/short", "/icon.svg"])
async def test_every_answer_is_secured(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as answer:
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in headers
        assert "Server" not in headers
        assert "Strict-Transport-Security" not in headers  # the address is http here


async def test_https_is_held_on_to(recorder: Recorder) -> None:
    changes = {"public_url": "https://buendnis.example.org"}
    async with (
        site(recorder, **changes) as running,
        aiohttp.ClientSession() as client,
        client.get(f"{running.address}/") as answer,
    ):
        assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_pages_in_every_language(
    http: aiohttp.ClientSession, path: str, language: str
) -> None:
    async with http.get(path, params={"lang": language}) as answer:
        text = await answer.text()
        assert answer.status == 200
        kept = "no-cache" if path in ("/", "/news", "/imprint", "/privacy") else "no-store"
        assert answer.headers["Cache-Control"] == kept
        direction = "rtl" if language in ("ar", "fa") else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in text
        assert "<script" not in text
        assert "style=" not in text


@pytest.mark.parametrize("link", ["", "https://c.example/#/user/@a:x?action=chat"])
async def test_the_start_page_leads_into_a_chat(recorder: Recorder, link: str) -> None:
    async with (
        site(recorder, chat_url=link) as running,
        aiohttp.ClientSession(running.address) as client,
        client.get("/?lang=de") as answer,
    ):
        text = await answer.text()
        assert (f'class="button" href="{link}">Chat öffnen' in text) is bool(link)
        assert ("Mitmachen" in text) is bool(link)


async def test_the_first_load_is_small(http: aiohttp.ClientSession) -> None:
    async with http.get("/subscribe?lang=ar") as answer:
        page = await answer.read()
    links = re.findall(rb'(?:href|src)="(/[^"]+\.(?:css|svg))"', page)
    size = len(page)
    for link in set(links):
        async with http.get(link.decode()) as answer:
            assert answer.status == 200
            assert "immutable" in answer.headers["Cache-Control"]
            size += len(await answer.read())
    assert len(set(links)) == 2
    assert size <= 30_000


async def test_a_get_changes_nothing(http: aiohttp.ClientSession, recorder: Recorder) -> None:
    for path in PAGES:
        for method in ("GET", "HEAD"):
            async with http.request(method, path) as answer:
                assert answer.status == 200
    assert recorder.submitted == []


async def test_the_language_stays_from_page_to_page(http: aiohttp.ClientSession) -> None:
    async with http.get("/?lang=fa") as answer:
        links = re.findall(r'href="(/[^"]*)"', await answer.text())
    kept = [link for link in links if link.startswith(("/subscribe", "/imprint", "/privacy"))]
    assert kept == ["/subscribe?lang=fa", "/imprint?lang=fa", "/privacy?lang=fa"]


async def test_a_browser_says_which_language(http: aiohttp.ClientSession) -> None:
    async with http.get("/", headers={"Accept-Language": "uk-UA,uk;q=0.9,de;q=0.5"}) as answer:
        assert answer.headers["Content-Language"] == "uk"


async def raw(http: aiohttp.ClientSession, request: bytes) -> bytes:
    """The whole answer to bytes that no client of ours would send."""
    base = http._base_url
    assert base is not None
    assert base.host is not None
    reader, writer = await asyncio.open_connection(base.host, base.port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


# -- subscribing ---------------------------------------------------------------------------------


async def test_a_subscription_is_handed_on(http: aiohttp.ClientSession, recorder: Recorder) -> None:
    async with http.post("/subscribe?lang=en", data=FORM) as answer:
        assert answer.status == 200
        assert answer.url.path_qs == "/subscribe/sent?lang=en"
    [(form, fields, _)] = recorder.submitted
    assert form == "subscribe"
    assert {k: fields[k] for k in FORM} == FORM
    assert "agree" in fields["consent"]
    assert fields["consent_language"] == "en"


async def test_pressing_twice_is_once(http: aiohttp.ClientSession, recorder: Recorder) -> None:
    async with http.get("/subscribe") as answer:
        sent = {**FORM, "nonce": nonce(await answer.text())}
    for _ in range(2):
        async with http.post("/subscribe", data=sent) as answer:
            assert answer.status == 200
    assert len({key for _, _, key in recorder.submitted}) == 1


async def test_a_wrong_address_is_shown_again(
    http: aiohttp.ClientSession, recorder: Recorder
) -> None:
    sent = {**FORM, "address": 'anna@"><script>alert(1)</script>'}
    async with http.post("/subscribe?lang=de", data=sent) as answer:
        text = await answer.text()
        assert answer.status == 422
    assert "ohne Anführungszeichen, Klammern und Kommas" in text
    assert "Bitte prüfen Sie die E-Mail-Adresse" in text
    assert "<script" not in text
    assert 'value="digest" checked' in text
    assert recorder.submitted == []


async def test_choices_that_do_not_exist_become_usual_ones(
    http: aiohttp.ClientSession, recorder: Recorder
) -> None:
    sent = {"address": "anna@example.org", "language": "xx", "kind": "hourly"}
    async with http.post("/subscribe?lang=tr", data=sent) as answer:
        assert answer.status == 200
    [(_, fields, _)] = recorder.submitted
    assert (fields["language"], fields["kind"]) == ("tr", "immediate")


@pytest.mark.parametrize(
    ("path", "german", "english"),
    [
        ("/subscribe", "Wenn Sie auf den Knopf", "When you press"),
        (f"/c/{TOKEN}", "Ja, ", "Yes, send me the news"),
    ],
)
async def test_an_unchecked_consent_stands_beside_the_originals(
    http: aiohttp.ClientSession, path: str, german: str, english: str
) -> None:
    async with http.get(f"{path}?lang=ar") as answer:
        text = await answer.text()
    assert f'<p lang="de" dir="ltr">{german}' in text
    assert f'<p lang="en" dir="ltr">{english}' in text
    for original in ("de", "en"):
        async with http.get(f"{path}?lang={original}") as answer:
            assert "originals" not in await answer.text()


# -- confirming and unsubscribing ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "form", "after"),
    [("c", "confirm", "/confirmed"), ("u", "unsubscribe", "/unsubscribed")],
)
async def test_a_button_does_it(
    http: aiohttp.ClientSession, recorder: Recorder, page: str, form: str, after: str
) -> None:
    async with http.get(f"/{page}/{TOKEN}?lang=ar") as answer:
        text = await answer.text()
        assert answer.headers["X-Robots-Tag"] == "noindex"
    async with http.post(f"/{page}/{TOKEN}?lang=ar", data={"nonce": nonce(text)}) as answer:
        assert answer.url.path_qs == f"{after}?lang=ar"
    assert [(f, fields) for f, fields, _ in recorder.submitted] == [(form, {"token": TOKEN})]


@pytest.mark.parametrize("kind", ["multipart", "urlencoded"])
async def test_one_click(http: aiohttp.ClientSession, recorder: Recorder, kind: str) -> None:
    """RFC 8058: one POST, no cookie, no login, and no redirect in the answer."""
    data = aiohttp.FormData(default_to_multipart=kind == "multipart")
    data.add_field("List-Unsubscribe", "One-Click")
    async with http.post(f"/u/{TOKEN}", data=data, allow_redirects=False) as answer:
        assert answer.status == 200
        assert answer.request_info.headers["Content-Type"].startswith(
            "multipart/form-data" if kind == "multipart" else "application/x-www-form-urlencoded"
        )
    assert [(f, fields) for f, fields, _ in recorder.submitted] == [
        ("unsubscribe", {"token": TOKEN})
    ]


async def test_the_answer_waits_for_the_commit(
    http: aiohttp.ClientSession, recorder: Recorder
) -> None:
    recorder.gate.clear()
    posting = asyncio.ensure_future(http.post(f"/u/{TOKEN}", allow_redirects=False))
    done, _ = await asyncio.wait({posting}, timeout=0.3)
    assert done == set()
    recorder.gate.set()
    assert (await posting).status == 200
    assert len(recorder.submitted) == 1


@pytest.mark.parametrize("token", ["short", "x" * 65, "with%20blank%20inside", "a%2fb%2fc%2fd%2fe"])
async def test_a_broken_link_is_told_in_words(http: aiohttp.ClientSession, token: str) -> None:
    async with http.get(f"/u/{token}", headers={"Accept-Language": "de"}) as answer:
        assert answer.status == 404
        assert "Diese Seite gibt es nicht" in await answer.text()


# -- trouble -------------------------------------------------------------------------------------


async def test_an_office_that_is_away_is_told_in_words(
    http: aiohttp.ClientSession, recorder: Recorder
) -> None:
    recorder.ready = False
    async with http.get("/healthz") as answer:
        assert answer.status == 503
    async with http.post("/subscribe?lang=de", data=FORM) as answer:
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "60"
        assert "Es liegt nicht an Ihnen" in await answer.text()
    recorder.ready = True
    async with http.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ready"})


async def test_a_fault_of_ours_tells_nothing_of_the_request(
    http: aiohttp.ClientSession, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    recorder.failing = ValueError("anna@example.org broke it")
    async with http.post("/subscribe?lang=de", data=FORM) as answer:
        assert answer.status == 500
        assert "anna@example.org" not in await answer.text()
    gc.collect()  # so that nothing is told later either
    ours = [r for r in caplog.records if r.name.startswith(("bridges", "aiohttp"))]
    assert [r.getMessage() for r in ours] == ["a page failed (ValueError)"]
    assert "anna" not in caplog.text
    assert "127.0.0.1" not in " ".join(r.getMessage() for r in ours)


async def test_visits_leave_no_trace_in_the_log(
    http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for path in (*PAGES, "/nowhere"):
        async with http.get(path):
            pass
    garbage = await raw(http, b"\x16\x03\x01 anna garbage\r\n\r\n")
    assert garbage.startswith(b"HTTP/1.0 400")
    told = [r for r in caplog.records if r.name.startswith(("bridges", "aiohttp.access"))]
    assert told == []
    assert "anna garbage" not in caplog.text


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"address=" + b"x" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"--b\r\nnonsense", "multipart/form-data; boundary=b", 400),
        (b"nonsense", "multipart/form-data", 400),
        (b"odd", "application/x-www-form-urlencoded; charset=utf-16", 400),
        (b"address=x", "application/x-www-form-urlencoded; charset=fancy", 400),
        (b'{"address": "x"}', "application/json", 422),
    ],
)
async def test_bodies_that_are_no_form(
    http: aiohttp.ClientSession, recorder: Recorder, body: bytes, kind: str, status: int
) -> None:
    headers = {"Content-Type": kind, "Accept-Language": "de"}
    async with http.post("/subscribe", data=body, headers=headers) as answer:
        assert answer.status == status
        assert "<h1>" in await answer.text()
    assert recorder.submitted == []


async def test_other_methods_are_refused_in_words(http: aiohttp.ClientSession) -> None:
    async with http.put("/subscribe", headers={"Accept-Language": "de"}) as answer:
        assert answer.status == 405
        assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD", "POST"}
        assert "Das haben wir nicht verstanden" in await answer.text()


async def test_a_taken_port_is_a_sentence(recorder: Recorder) -> None:
    async with site(recorder) as running:
        taken = running.address.removeprefix("http://")
        with pytest.raises(CannotListen, match="Nothing can listen on 127"):
            async with site(recorder, listen=taken):
                pass


# -- a path in the public address ----------------------------------------------------------------


@pytest.mark.parametrize("before", ["", "/buendnis"])
async def test_a_site_below_a_path(recorder: Recorder, before: str) -> None:
    """Whether the proxy keeps the path or cuts it off, links lead out with it."""
    changes = {"public_url": "https://example.org/buendnis"}
    async with site(recorder, **changes) as running, aiohttp.ClientSession() as client:
        async with client.get(f"{running.address}{before}/subscribe?lang=de") as answer:
            text = await answer.text()
        assert 'action="/buendnis/subscribe?lang=de"' in text
        assert 'href="/buendnis/imprint?lang=de"' in text
        target = f"{running.address}{before}/subscribe?lang=de"
        async with client.post(target, data=FORM, allow_redirects=False) as answer:
            assert answer.headers["Location"] == "/buendnis/subscribe/sent?lang=de"
        async with client.get(f"{running.address}{before}/healthz") as answer:
            assert (await answer.json())["status"] == "ready"


@pytest.mark.parametrize("before", [b"//", b"/%5C", b"/%09/", b"/%0A%5C"])
async def test_no_link_leads_to_another_server(http: aiohttp.ClientSession, before: bytes) -> None:
    answer = await raw(http, b"GET " + before + b"evil.example/nowhere?lang=de HTTP/1.0\r\n\r\n")
    text = answer.decode()
    assert text.startswith("HTTP/1.0 404")
    # What browsers take for the name of another server.
    assert not re.search(r'(?:href|action)="/(?:[\\/]|\s)', text)
    assert all(link.startswith(("/", "#")) for link in re.findall(r'href="([^"]*)"', text))


async def test_without_an_imprint_there_is_no_such_page(recorder: Recorder) -> None:
    async with (
        site(recorder, imprint=None) as running,
        aiohttp.ClientSession() as client,
        client.get(f"{running.address}/imprint") as answer,
    ):
        assert answer.status == 404
        assert "footer" not in await answer.text()


async def test_what_the_settings_say_is_shown_as_it_is(http: aiohttp.ClientSession) -> None:
    async with http.get("/privacy?lang=ar") as answer:
        text = await answer.text()
    assert 'lang="de" dir="ltr">Verantwortlich: &lt;Bündnis&gt; &amp; Co.' in text
    async with http.get("/imprint?lang=de") as answer:
        text = await answer.text()
    for told in ("Musterweg 1\n12345 Musterstadt", "Anna Muster", "post@example.org"):
        assert told in text


# -- metrics -------------------------------------------------------------------------------------


async def test_metrics_count_and_name_nobody(recorder: Recorder) -> None:
    async with site(recorder) as running, aiohttp.ClientSession() as client:
        async with client.get(f"{running.address}/u/{TOKEN}?lang=ar"):
            pass
        async with client.post(f"{running.address}/subscribe", data=FORM):
            pass
        async with client.get(f"{running.address}/metrics") as answer:
            assert answer.status == 404  # not where people are
        async with client.get(f"{running.metrics_address}/metrics") as answer:
            text = await answer.text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert "buendnis_inbox_ready 3.0" in lines
    assert "buendnis_ready 1.0" in lines
    assert 'buendnis_web_answers_total{page="/u/token",status="200"} 1.0' in lines
    assert 'buendnis_web_answers_total{page="/subscribe",status="303"} 1.0' in lines
    assert "buendnis_web_form_seconds_count 1.0" in lines
    for private in (TOKEN, "anna", "example.org", "127.0.0.1", "lang"):
        assert private not in text.replace("implementation", "")


async def test_a_hundred_from_one_address_at_once_are_all_taken(
    http: aiohttp.ClientSession, recorder: Recorder
) -> None:
    async def send(number: int) -> int:
        sent = {**FORM, "address": f"person{number}@example.org"}
        async with http.post("/subscribe", data=sent, allow_redirects=False) as answer:
            return answer.status

    assert set(await asyncio.gather(*(send(n) for n in range(100)))) == {303}
    assert len({fields["address"] for _, fields, _ in recorder.submitted}) == 100


# -- what many read --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/news", "/imprint", "/robots.txt", "/favicon.ico"])
async def test_what_a_browser_has_is_not_sent_again(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as answer:
        assert answer.status == 200
        known = {"If-None-Match": answer.headers["ETag"]}
    async with http.get(path, headers=known) as answer:
        assert answer.status == 304
        assert await answer.read() == b""
        assert answer.headers["ETag"] == known["If-None-Match"]
    if path not in ("/robots.txt", "/favicon.ico"):
        async with http.get(path, params={"lang": "ar"}, headers=known) as answer:
            assert answer.status == 200


async def test_what_is_one_visitors_own_is_neither_kept_nor_compressed(
    http: aiohttp.ClientSession,
) -> None:
    for path in (f"/c/{TOKEN}", f"/u/{TOKEN}", "/subscribe"):
        async with http.get(path, headers={"Accept-Encoding": "gzip"}) as answer:
            assert "ETag" not in answer.headers
            assert "Content-Encoding" not in answer.headers


async def test_pages_are_sent_small(address: str) -> None:
    async with (
        aiohttp.ClientSession(address, auto_decompress=False) as client,
        client.get("/privacy?lang=ti", headers={"Accept-Encoding": "gzip"}) as answer,
    ):
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        packed = await answer.read()
        assert len(packed) < len(gzip.decompress(packed)) / 2


async def test_search_engines_are_told_what_is_nobodys_business(
    http: aiohttp.ClientSession,
) -> None:
    async with http.get("/robots.txt") as answer:
        lines = (await answer.text()).splitlines()
    assert lines == ["User-agent: *", "Disallow: /c/", "Disallow: /u/"]


async def test_without_mail_the_legal_pages_stay_and_nothing_can_be_asked_for(
    recorder: Recorder,
) -> None:
    async with (
        site(recorder, mails=False, chat_url="https://chat.example/#/user/@w:x") as running,
        aiohttp.ClientSession(running.address) as http,
    ):
        shown = {}
        for path in (*PAGES, "/healthz"):
            async with http.get(path) as answer:
                shown[path] = answer.status
        assert {path for path, status in shown.items() if status == 200} == {
            *("/", "/imprint", "/privacy", "/healthz")
        }
        assert set(shown.values()) == {200, 404}
        async with http.post("/subscribe", data=FORM) as answer:
            assert answer.status == 404
        async with http.get("/", params={"lang": "en"}) as answer:
            page = await answer.text()
        assert "https://chat.example/#/user/@w:x" in page
        assert "subscribe" not in page
        assert "/news" not in page
        assert "/privacy" in page
    assert recorder.submitted == []
