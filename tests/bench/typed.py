"""What the dearest message costs that somebody can type, from its arrival to what is shown of it.

Texts of 40,000 characters that repeat what parsers stumble over, as words and as HTML, given to
every bot's rules, and rendered; in places where people write to bots.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping

from tests.bench.figures import Figure
from tests.bench.place import Place
from tests.shapes.places import PLACES, Editors
from tests.shapes.places import Place as Scene
from tests.shapes.recorded import Shape

LENGTH = 40_000
"""Characters; an event holds 65,536 bytes at most."""
PLAIN = repr("a ")
TYPED = (
    *("a", "ä", "ا", "a ", "ا ", "\u200d", "\u2067", "\ufeff", " ", "\t", "\n", "\n\n", "9", "٣"),
    *(
        "!",
        "! ",
        "!help ",
        "/",
        "\\",
        "> ",
        "- ",
        "1. ",
        "1,",
        "1-2 ",
        "12.3.",
        "*",
        "**",
        "_",
        "`",
    ),
    *("~~", "'", '"', "(", "[](", "[a](http://a)", "|", "#", "&", "&lt;", "<", ">", "</", "<!--"),
    *("https://", "http://a.b/ ", "www.a.b ", "a@b.c ", "@a:b.c ", "@", "+49 30 1", "ja nein "),
    *("no, ", "✅", "👍🏽", "nicht ", "Name: ", "🏳️\u200d🌈"),
)
TAGS = (
    *(
        "<b>",
        "<em>a",
        "x<em>y",
        "a<em>b</em>c",
        "</em>",
        "<ul><li>",
        "<blockquote>",
        "<p>",
        "<pre>",
    ),
    *('<img alt="x"', '<img alt="', '<a href="http://x">', "<table><tr><td>", "<mx-reply>", "<br>"),
    *("<h1>", '<font color="#fff">', "<code>", "&amp;", "<svg><style>", "<!--", "<p title='"),
    *("<a ", "<a href=", "<mx-reply></mx-reply>", "<a href='http://x.y'>z</a>", "&#x0;", "< "),
)
_HOW = f"the dearest of {len(TYPED) * 3 + len(TAGS)} texts of {LENGTH:,} characters"
FIGURES = (
    Figure("typed_ms_max", "ms", f"of CPU for a message in the editors' room; {_HOW}", target=50.0),
    Figure(
        "typed_ratio_max", "×", f"a plain text of that length; {_HOW}; all {len(PLACES)} places"
    ),
)


async def measure(place: Place) -> Mapping[str, float]:
    found = {kind.name: {name: _costs(kind, shape) for name, shape in shapes()} for kind in PLACES}
    ratios = {
        f"{where}: {name}": cost / costs[PLAIN]
        for where, costs in found.items()
        for name, cost in costs.items()
    }
    for name in sorted(ratios, key=lambda x: ratios[x], reverse=True)[:5]:
        place.say(f"{ratios[name]:.1f} × {name}")
    return {
        "typed_ms_max": 1000 * max(found[Editors.name].values()),
        "typed_ratio_max": max(ratios.values()),
    }


def shapes() -> Iterator[tuple[str, Shape]]:
    for piece in TYPED:
        for begin in ("", "!help ", "!answer 1 "):
            body = (begin + piece * LENGTH)[:LENGTH]
            yield f"{begin}{piece!r}", _shape({"msgtype": "m.text", "body": body})
    for piece in TAGS:
        whole = {"format": "org.matrix.custom.html", "formatted_body": (piece * LENGTH)[:LENGTH]}
        yield repr(piece), _shape({"msgtype": "m.text", "body": "x", **whole})


def _shape(content: Mapping[str, str]) -> Shape:
    events = json.dumps([{"type": "m.room.message", "content": content}])
    return Shape("typed", "any", "", "words", None, None, (), events)


def _costs(kind: type[Scene], shape: Shape) -> float:
    """Seconds of CPU, the better of two."""
    return min(_once(kind(), shape) for _ in range(2))


def _once(scene: Scene, shape: Shape) -> float:
    begun = time.process_time()
    scene.play(shape)
    return time.process_time() - begun
