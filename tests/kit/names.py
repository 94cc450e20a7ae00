"""A name server on loopback that knows what a test tells it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = Mapping[tuple[str, str], Sequence[str]]
"""`("example.org", "TXT")` → what is there, in the words of a zone file. Names of which nothing
is known do not exist."""
SILENT = "silent"
"""A name of which nothing is heard."""
BROKEN = "broken"
"""A name whose servers fail."""


@contextmanager
def name_server(records: Records) -> Iterator[int]:
    """Its port; over UDP and TCP, as real ones."""

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            answer = _answer(records, data)
            if answer is not None:
                sock.sendto(_fitting(answer), self.client_address)

    class Stream(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            size = int.from_bytes(self.rfile.read(2), "big")
            answer = _answer(records, self.rfile.read(size))
            if answer is not None:
                wire = answer.to_wire()
                self.wfile.write(len(wire).to_bytes(2, "big") + wire)

    with ExitStack() as stack:
        port, udp, tcp = _bound(Datagram, Stream)
        servers = (udp, tcp)
        for server in servers:
            stack.enter_context(server)
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield port
        for server in servers:
            server.shutdown()


def _bound(
    datagram: Any, stream: Any
) -> tuple[int, socketserver.BaseServer, socketserver.BaseServer]:
    """Both on one port, which somebody else may have taken for one of them."""
    for _ in range(20):
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), datagram)
        try:
            port = udp.socket.getsockname()[1]
            return port, udp, socketserver.ThreadingTCPServer(("127.0.0.1", port), stream)
        except OSError:
            udp.server_close()
    raise AssertionError("no port is free")


def _answer(records: Records, data: bytes) -> dns.message.Message | None:
    query = dns.message.from_wire(data)
    [question] = query.question
    name = question.name.to_text(omit_final_dot=True)
    if name.split(".")[0] == SILENT:
        return None
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA | dns.flags.AA
    kind = dns.rdatatype.to_text(question.rdtype)
    found = records.get((name, kind), ())
    if name.split(".")[0] == BROKEN:
        answer.set_rcode(dns.rcode.SERVFAIL)
    elif found:
        answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
    elif not any(name == known for known, _ in records):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer


def _fitting(answer: dns.message.Message) -> bytes:
    try:
        return answer.to_wire(max_size=512)
    except dns.exception.TooBig:
        answer.answer = []
        answer.flags |= dns.flags.TC
        return answer.to_wire()


def quoted(text: str) -> str:
    """As a zone file holds a long text: in pieces of at most 255 characters."""
    return " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))
