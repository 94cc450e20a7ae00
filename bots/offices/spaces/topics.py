"""What the rooms of a network say about themselves where the settings say nothing.

A topic is the first that somebody reads in a room, and all that she reads of the alliance before
she is in it. It is set where there is none, and never again: people may write a better one.
"""

from __future__ import annotations

from functools import cache

from bots.runtime.speech.words import N_, Raw, Words
from config.network.parts import TemplateRoom

# Translators: topics of rooms; short, for a phone. A link to a chat follows
ALLIANCE = N_("Initiatives who stand by refugees. To take part, write to us here: {link}")
COORDINATION = N_("For contacts of all initiatives. Here you decide who comes in.")
INITIATIVE = N_("The rooms of {name}.")
SHARING = N_("For everybody at {name}. With 📣 on your message you share it with all initiatives.")
ENCRYPTED = N_("For everybody at {name}. Only who is in this room can read it.")
PLAIN = N_("For everybody at {name}.")


def of_common(text: str, language: str, link: str) -> str:
    return _words().text(text, language, {"link": Raw(link)})


def of_initiative(name: str, language: str) -> str:
    return _words().text(INITIATIVE, language, {"name": Raw(name)})


def of_room(room: TemplateRoom, name: str, language: str) -> str:
    text = SHARING if room.share else ENCRYPTED if room.encrypted else PLAIN
    return _words().text(text, language, {"name": Raw(name)})


@cache
def _words() -> Words:
    return Words()
