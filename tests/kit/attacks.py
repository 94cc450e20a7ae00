"""What somebody may write to get into the head of a mail."""

from __future__ import annotations

EVIL = "=?utf-8?q?evil=0D=0ABcc:_x=40y?="
ATTACKS = (
    EVIL,
    "a\r\nBcc: x@y.example",
    "a\nBcc: x@y.example",
    "a\rBcc: x@y.example",
    "a\r\n\r\n<b>body</b>",
    "a\u2028Bcc: x@y.example\u2029\x85b\x0bc\x0cd",
    "a\x00b\x1bc\x7fd",
    "\u202egnp.exe\u2066",
    "x" * 5_000,
    "ع" * 5_000,
    "=?utf-8?b?=?=?",
    '"; <x@y.example>, "',
    "\\",
    "",
)
