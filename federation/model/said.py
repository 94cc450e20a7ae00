"""What the content of a message says: the words of its author and nothing around them.

Clients put more into a body than was written: the message that is answered ("rich replies", part
of the specification until 1.12), the name of a file where a caption could be (MSC2530), a
fallback for clients that know no polls (MSC3381). What is left here is safe to be passed on by any
bot.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from federation.model.links import Pointer, Target, person, pointed, target, user_of
from federation.model.shapes import is_text, listing, mapping, whole

TEXT = frozenset({"m.text", "m.notice", "m.emote"})
MEDIA = {
    "m.image": "image",
    "m.file": "file",
    "m.audio": "audio",
    "m.video": "video",
    "m.location": "location",
    # MSC4274
    "m.gallery": "image",
    "dm.filament.gallery": "image",
}
_EFFECTS = ("nic.custom.", "io.element.effect")
"""Texts that fall like snow (Element's `/confetti` and others)."""
LONGEST = 65_536
"""An event has at most 65,536 bytes (§ Size limits); a longer body is a lie."""
MOST_PEOPLE = 50

_WHO = r"<@[^<>\s]*:[^<>\s]+>"
_FALLBACK = re.compile(rf">[ ]?(?:\*[ ])?{_WHO}[^\n]*(?:\n>[^\n]*)*(?:\n+|$)")
_QUOTED = re.compile(rf"^((?:>[ ]?)+)(?:\*[ ])?{_WHO}[ ]?", re.MULTILINE)
_MX_REPLY = re.compile(r"<(/?)mx-reply>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr|/blockquote|/pre)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(
    r"""href\s*=\s*["']([^"'<>\s]+)|((?:https://matrix\.to/#/|matrix:u/)[^\s<>"')\]]+)""",
    re.IGNORECASE,
)

_ANCHOR = re.compile(
    r"""<a\s[^<>]{0,400}?href\s*=\s*["']([^"'<>\s]{1,600})["'][^<>]{0,400}>(.{0,200}?)</a>""",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN = re.compile(r"\[([^\[\]\n]{1,200})\]\(<?([^\s<>()]{1,600})>?\)")


def words(content: Mapping[str, Any], *, answers: bool, account: str = "") -> str:
    """The body, without the message that it answers, and with people's names where clients put
    their ids; a link to somebody without a name stays, for the bots to show as one (`pointed`).

    `answers`: it answers a message, or may do so, as an edit. Else somebody has copied the quoted
    lines in, perhaps as what a complaint is about: they stay, and only the id in them goes.
    `account`: our own, whose id in front is understood as addressing us.
    """
    return _named(_own(content, answers=answers), content, account)


def _own(content: Mapping[str, Any], *, answers: bool) -> str:
    body = text(content, "body") or ""
    shown = formatted(content)
    if not body.strip() and shown:
        return _plain(shown)
    if not answers:
        return _QUOTED.sub(r"\1", body)
    while found := _FALLBACK.match(body):
        body = body[found.end() :]
    return body


def formatted(content: Mapping[str, Any]) -> str | None:
    """The HTML that clients show in place of the body; from anybody, and not cleaned."""
    shown = text(content, "formatted_body")
    if content.get("format") != "org.matrix.custom.html" or shown is None:
        return None
    return _without_quotations(shown)


def _without_quotations(shown: str) -> str:
    """Without what is between the tags of a quoted message. One that has no end stays."""
    kept, seen, begun = [], 0, -1
    for tag in _MX_REPLY.finditer(shown):
        if not tag[1]:
            begun = tag.start() if begun < 0 else begun
        elif begun >= 0:
            kept.append(shown[seen:begun])
            seen, begun = tag.end(), -1
    return "".join((*kept, shown[seen:]))


def people(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Users whom it links to, as pills or as pasted links, in their order."""
    whole = formatted(content) or text(content, "body") or ""
    named = (user_of(html.unescape(x[1] or x[2])) for x in _LINK.finditer(whole))
    return tuple(dict.fromkeys(x for x in named if x is not None))[:MOST_PEOPLE]


def _named(body: str, content: Mapping[str, Any], account: str) -> str:
    names = _names(content)
    body = _MARKDOWN.sub(_label, body)
    parts = (_name(x, names) if isinstance(x, Pointer) else x for x in pointed(body))
    body = "".join(parts)
    mentioned = listing(mapping(content.get("m.mentions")).get("user_ids"))[:MOST_PEOPLE]
    for user in dict.fromkeys((*people(content), *filter(is_text, mentioned))):
        if user != account and user in body:
            written = re.compile(rf"(?<![\w/%]){re.escape(user)}(?![\w-]|\.\w)")
            body = (names.get(user) or person(user)).join(written.split(body))
    return body


def _names(content: Mapping[str, Any]) -> dict[str, str]:
    """How links that are shown as something else call those to whom they lead."""
    anchors = _ANCHOR.finditer(formatted(content) or "")
    found = ((user_of(html.unescape(x[1])), _plain(x[2])) for x in anchors)
    return {user: name for user, name in found if user and _is_name(name)}


def _is_name(label: str) -> bool:
    at, colon = label.find("@"), label.rfind(":")
    return bool(label.strip()) and target(label) is None and not 0 <= at < colon


def _label(found: re.Match[str]) -> str:
    """`[name](link)`, as Element X writes mentions into the body."""
    label, to = found[1], target(found[2])
    if to is None:
        return found[0]
    named = _is_name(label)
    if to is Target.PERSON and named:
        return label
    return f"{label} {found[2]}" if named else found[2]


def _name(pointer: Pointer, names: Mapping[str, str]) -> str:
    return names.get(user_of(pointer.url) or "") or pointer.url


def medium(content: Mapping[str, Any]) -> str | None:
    """The kind, where it carries more than text, one of `federation.model.events.KNOWN_MEDIA`."""
    msgtype = text(content, "msgtype")
    if msgtype in MEDIA:
        return MEDIA[msgtype]
    written = msgtype is not None and (msgtype in TEXT or msgtype.startswith(_EFFECTS))
    return None if written else "other"


def caption(content: Mapping[str, Any], *, answers: bool, account: str = "") -> str:
    """What the author wrote beneath; never a file's name, which often is a person's."""
    if text(content, "msgtype") == "m.location":
        return ""
    files = [text(content, "filename"), *_items(content)]
    said = _own(content, answers=answers)
    named = [x for x in files if x]
    # In a gallery a body made of the files' names stands in for a caption.
    if not named or any(x in said.splitlines() or x == said for x in named):
        return ""
    return _named(said, content, account)


def _items(content: Mapping[str, Any]) -> Iterator[str | None]:
    for item in listing(content.get("itemtypes")):
        yield text(mapping(item), "filename") or text(mapping(item), "body")
    if "itemtypes" in content:
        yield "\0"  # a gallery has no file's name of its own, and may have a caption


def question(content: Mapping[str, Any]) -> str:
    """What a poll asks (§ m.poll.start, MSC3381)."""
    for name in ("m.poll", "m.poll.start", "org.matrix.msc3381.poll.start"):
        asked = mapping(mapping(content.get(name)).get("question"))
        found = next(iter(listing(asked.get("m.text"))), None)
        for said in (text(mapping(found), "body"), *_unstable(asked)):
            if said:
                return said
    return ""


def _unstable(asked: Mapping[str, Any]) -> Iterator[str | None]:
    yield text(asked, "org.matrix.msc1767.text")
    yield text(asked, "body")


def text(content: Mapping[str, Any], key: str) -> str | None:
    """A string as it can be stored; None if there is none, or one that is too long."""
    value = content.get(key)
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    return whole(value)


def _plain(shown: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", shown))).strip()
