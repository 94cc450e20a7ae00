"""What mail servers say, as they say it: only of very few replies the address is the reason."""

from __future__ import annotations

import pytest

from bridges.email.replies import Concerns, Reply, Stage
from tests.kit.looped import looped

NOBODY = [
    "550 5.1.1 The email account that you tried to reach does not exist. Please try "
    "double-checking the recipient's email address for typos or unnecessary spaces.",
    "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table",
    "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in local recipient table",
    "550 5.1.1 <policy@spam.example> User unknown",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "550 5.2.1 The email account that you tried to reach is inactive.",
    "556 5.1.10 Recipient address has null MX",
    "550 5.1.1 Mailbox does not exist",
    "550 5.1.6 recipient no longer on server",
    "553 5.1.2 We weren't able to find the recipient domain.",
    "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in relay recipient table",
    "550 5.1.1 Addressee unknown, relay=[192.0.2.1]",
    "550 5.1.1 The email account that you tried to reach does not exist. Please see\n5.1.1 "
    "https://support.google.com/mail/?p=NoSuchUser&limit=1 x-gsmtp",
    "550 5.1.1 <a@b.example> Empfänger unbekannt",
    "550 5.1.1 Utilisateur inconnu",
    "550 5.1.1 <a@b.example>: Recipient address rejected: undeliverable address: host "
    "mx.b.example[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO command)",
    "550 5.1.3 Bad destination mailbox address",
    "550 5.1.2 Host unknown (Name server: mx: host not found)",
]
NOT_NOBODY = [
    "550 relay not permitted",
    "550 Administrative prohibition",
    "550 Sender verify failed",
    "550 Verification failed for <news@net.example>",
    "550 Domain net.example has exceeded the max emails per hour (500/500 (100%)) allowed",
    "550 Message rejected",
    "550 Unrouteable address",
    "550 Requested action not taken: mailbox unavailable",
    "551 User not local; please try <forward-path>",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    "553 Mail from 192.0.2.1 not allowed - 5.7.1 [BL23] Connections not accepted",
    "554 5.7.1 <a@b.example>: Relay access denied",
    "550 5.1.8 <news@net.example>: Sender address rejected: Domain not found",
    "550 5.1.7 The sender's address was syntactically invalid",
    "550 5.1.1 <news@net.example>: Sender address rejected: User unknown",
    "550 5.1.0 <news@net.example> sender rejected",
    "550 5.1.1 Relaying denied",
    "550 5.1.1 Absender unbekannt",
    "550 5.1.1 Versand für Sie gesperrt",
    "550 5.1.1 Expéditeur refusé",
    "550 5.1.1 Gönderen adresi reddedildi",
    "550 5.1.1 Отправитель не найден",
    "550 5.1.1 Remitente desconocido",
    "550 5.1.1 <NEWS@net.example>... kullanıcı yok",
    "550 5.1.3 news@net.example is no address here",
    "550 5.1.2 relaying not permitted through this host",
    "550 5.1.1 Blocked by policy",
    "550 5.1.1 Client host blocked using Spamhaus",
    "550 5.1.3 too many messages from your host",
    "550 5.1.1 sender domain has no SPF record",
    "550 5.1.1 SMTP AUTH required",
    "550 5.1.1 Directory harvest attack suspected",
    "550 5.1.1 Backend LDAP unavailable",
    "550 5.1.1 Internal error, try again later",
    "550 5.1.1 Connection throttled",
    "550 5.1.1 No mail from your country",
    "550 5.1.1 Newsletter verboten",
    "550 5.1.1 unverified address: Address verification in progress",
    "550 5.1.1 user unknown\n5.7.1 and your host is listed",
    "550 5.7.1 <a@b.example>: Recipient address rejected: User unknown",
    "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents "
    "additional messages from being delivered.",
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
    "550 5.5.0 Requested action not taken: mailbox unavailable",
    "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your ISP "
    "since part of their network is on our block list (S3140).",
    "550 5.7.26 This mail has been blocked because the sender is unauthenticated.",
    "550 5.7.1 [192.0.2.1 12] Our system has detected that this message is likely unsolicited mail",
    "550 5.7.23 The message was rejected because of Sender Policy Framework violation",
    "550 5.7.606 Access denied, banned sending IP [192.0.2.1]",
    "554 Transaction failed Reject due to policy restrictions",
    "554-web.de (mxweb112) Nemesis ESMTP Service not available No SMTP service Bad DNS PTR record",
    "554-gmx.net (mxgmx017) Nemesis ESMTP Service not available No SMTP service",
    "554 None/None Reject due to SPF policy",
    "554 IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help or to contact "
    "tosa@rx.t-online.de to clarify.)",
    "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com",
    "553 5.7.2 [TSS09] All messages from 192.0.2.1 will be permanently deferred",
    "554 delivery error: dd This user doesn't have a yahoo.com account",
    "550 5.7.1 Service unavailable; Client host blocked by Strato",
    "450 4.1.1 User unknown",
    "450 5.1.1 User unknown",
    "550 4.1.1 User unknown",
    "550 15.1.1 User unknown",
    "501 5.5.4 Invalid argument",
    "550 5.6.0 content refused",
    "552 5.2.2 mailbox full",
    "550 5.1.4 ambiguous",
    "550 5.3.0 Rejected",
]


def reply(line: str) -> Reply:
    return Reply(int(line[:3]), line[4:], "news@net.example")


@pytest.mark.parametrize("line", NOBODY)
def test_who_does_not_exist_is_told_from_all_else(line: str) -> None:
    assert reply(line).nobody
    assert reply(line).concerns(Stage.RECIPIENT) is Concerns.RECIPIENT


@looped("line", NOT_NOBODY)
def test_nobody_is_struck_for_what_a_server_says_of_us(line: str) -> None:
    assert not reply(line).nobody


@pytest.mark.parametrize(
    ("stage", "line", "concerns"),
    [
        (Stage.CONNECT, "421 4.7.0 Error: too many connections from 192.0.2.1", "connection"),
        (Stage.CONNECT, "554 go away", "server"),
        (Stage.SENDER, "450 4.7.1 Error: too much mail from 192.0.2.1", "server"),
        (Stage.SENDER, "421 4.4.2 timeout", "connection"),
        (Stage.RECIPIENT, "450 4.2.0 Greylisted, try again", "recipient"),
        (Stage.RECIPIENT, "452 4.2.2 mailbox full", "recipient"),
        (Stage.RECIPIENT, "450 4.7.1 too many recipients from you", "server"),
        (Stage.RECIPIENT, "452 4.3.1 disk full", "server"),
        (Stage.RECIPIENT, "450 4.2.1 is receiving mail at a rate that prevents", "recipient"),
        (Stage.RECIPIENT, "452 4.2.2 The account exceeded its limit", "recipient"),
        (Stage.RECIPIENT, "452 Mailbox size limit exceeded", "recipient"),
        (Stage.RECIPIENT, "451 4.7.1 Greylisting in action, unknown sender", "recipient"),
        (Stage.RECIPIENT, "454 4.7.1 <a@b.example>: Relay access denied", "server"),
        (
            Stage.RECIPIENT,
            "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]",
            "server",
        ),
        (
            Stage.RECIPIENT,
            "450 4.7.25 Client host rejected: cannot find your reverse hostname",
            "server",
        ),
        (Stage.RECIPIENT, "450 4.7.1 <x>: Helo command rejected: Host not found", "server"),
        (
            Stage.RECIPIENT,
            "450 4.7.1 Service unavailable; client [192.0.2.1] blocked using zen.example",
            "server",
        ),
        (Stage.RECIPIENT, "450 4.7.1 Client host rejected: Greylisted", "recipient"),
        (Stage.RECIPIENT, "451 Temporary local problem - please try later", "recipient"),
        (Stage.RECIPIENT, "450 4.1.8 Sender address rejected: Domain not found", "server"),
        (Stage.RECIPIENT, "451 hourly quota exceeded", "server"),
        (Stage.RECIPIENT, "421 4.7.28 our system has detected an unusual rate", "connection"),
        (Stage.CONNECT, "454 4.7.0 TLS not available due to local problem", "server"),
        (Stage.RECIPIENT, "550 relay not permitted", "server"),
        (Stage.CONTENT, "554 5.7.1 spam", "letter"),
        (Stage.CONTENT, "451 4.7.1 scan failed", "letter"),
        (Stage.CONTENT, "452 4.3.1 disk full", "server"),
    ],
)
def test_a_reply_is_kept_to_whom_it_concerns(stage: Stage, line: str, concerns: str) -> None:
    assert reply(line).concerns(stage) == concerns
