"""The catalogues under `config/locale`, held against the texts in the sources.

`python -m config.translations update` takes new texts into the catalogues and drops old ones;
`python -m config.translations check` says what is wrong, and ends with 1 if it did, and counts what
waits for somebody who speaks the language. See docs/translating.md.

A changed text keeps its translation beside it, for whoever translates it anew, and `#|` lines with
the English that this follows. Such an entry is *outdated*: nobody is shown it.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from gettext import c2py
from pathlib import Path
from unicodedata import category

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import PoFileError, read_po, write_po

from config import entries

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("bots", "bridges", "federation")
LOCALE = Path("config", "locale")
KEYWORDS: dict[str, tuple[int, ...] | None] = {"N_": None, "NP_": (1, 2)}
COMMENTS = ("Translators:",)

_SLAVIC = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
    "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
)
_ONE = "nplurals=2; plural=(n != 1);"
_UP_TO_ONE = "nplurals=2; plural=(n > 1);"
PLURALS = {
    "de": _ONE,
    "de@simple": _ONE,
    "ar": (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
        "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
    ),
    "fa": _UP_TO_ONE,
    "uk": _SLAVIC,
    "ru": _SLAVIC,
    "fr": _UP_TO_ONE,
    "tr": _ONE,
    "ti": _UP_TO_ONE,
}
"""The languages, by gettext's names for them, and the rules of their plurals."""
ORIGINAL = "de"
"""Written together with the English; whoever changes one changes both."""

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_COMMAND = re.compile(r"(?<!\w)!\w+")
_OVERRIDES = re.compile("[\u202a-\u202e]")
_OPENING, _CLOSING = "\u2066\u2067\u2068", "\u2069"
UPDATE = "run `make translations`"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def catalogue(folder: str) -> Path:
    return LOCALE / folder / "LC_MESSAGES" / "buendnis.po"


TEMPLATE = LOCALE / "buendnis.pot"


def extract(root: Path) -> Catalog:
    """The texts of the sources, in their order."""
    texts = Catalog(charset="utf-8")
    for source in SOURCES:
        found = extract_from_dir(
            root / source, keywords=KEYWORDS, comment_tags=COMMENTS, strip_comment_tags=True
        )
        for name, line, message, comments, _context in sorted(found, key=lambda x: x[:2]):
            place = (Path(source, name).as_posix(), line)
            texts.add(message, locations=[place], auto_comments=comments)
    return texts


def written(texts: Catalog, folder: str | None = None) -> bytes:
    """A catalogue as its file has it: no dates, no line numbers, no wrapped lines."""
    former = [(entries.head(x), entries.taken_former(x)) for x in entries.texts(texts)]
    file = io.BytesIO()
    if folder and texts.header_comment.strip("# \n"):
        file.write(texts.header_comment.encode() + b"\n")
    header = {
        "Project-Id-Version": "buendnis",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    if folder:
        header |= {"Language": folder, "Plural-Forms": PLURALS[folder]}
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in header.items())
    file.write(f'msgid ""\nmsgstr ""\n{lines}\n'.encode())
    write_po(
        file, texts, width=0, omit_header=True, sort_by_file=True, ignore_obsolete=True,
        include_lineno=False,
    )  # fmt: skip
    content = file.getvalue().decode()
    for start, comments in former:
        if comments:  # babel wraps them within their quotes
            content = content.replace(start, "".join(f"\n#{x}" for x in comments) + start, 1)
    return content.rstrip("\n").encode() + b"\n"


def update(root: Path) -> str:
    """Write every catalogue anew; what a text in the sources has lost is dropped."""
    template = extract(root)
    (root / LOCALE).mkdir(parents=True, exist_ok=True)
    (root / TEMPLATE).write_bytes(written(template))
    missing = dropped = 0
    for folder in PLURALS:
        path = root / catalogue(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes() if path.exists() else written(Catalog(), folder)
        texts = read_po(io.BytesIO(content), ignore_obsolete=True, charset="utf-8")
        # Babel would take any similar text; ours has to have gone, and says what it was.
        before = entries.texts(texts)
        texts.update(deepcopy(template), no_fuzzy_matching=True)
        entries.keep_former(texts, before, partial(_fits, folder=folder))
        dropped += len(texts.obsolete)
        missing += sum(entries.waits(x) or not entries.complete(x) for x in entries.texts(texts))
        path.write_bytes(written(texts, folder))
    return (
        f"{len(template)} texts in {len(PLURALS)} languages; "
        f"{missing} to translate, {dropped} dropped"
    )


def _fits(old: Message, new: Message, folder: str) -> bool:
    """Whether a translation of the one has what one of the other needs."""
    same_kind = len(entries.ids(old)) == len(entries.ids(new))
    return same_kind and not any(_text_faults(Message(new.id, old.string), folder))


def check(root: Path) -> tuple[list[Fault], str]:
    """What is wrong, and one line for when nothing is."""
    template = extract(root)
    faults = list(_source_faults(root, template))
    pot = root / TEMPLATE
    if not pot.exists() or pot.read_bytes() != written(template):
        faults.append(Fault(TEMPLATE.as_posix(), 1, f"differs from the sources; {UPDATE}"))
    drafts: dict[str, int] = {}
    waiting: dict[str, int] = {}
    for folder in PLURALS:
        path = catalogue(folder).as_posix()
        try:
            with (root / path).open("rb") as file:
                texts = read_po(file, charset="utf-8", abort_invalid=True)
        except FileNotFoundError:
            faults.append(Fault(path, 1, f"is missing; {UPDATE}"))
        except (PoFileError, UnicodeDecodeError, ValueError) as error:
            line = getattr(error, "lineno", 0) + 1
            faults.append(Fault(path, line, f"{error}; mend the entry, or open it in Poedit"))
        else:
            faults += _catalogue_faults(path, folder, texts, template)
            waiting[folder] = sum(entries.waits(x) for x in entries.texts(texts))
            drafts[folder] = sum(x.fuzzy and not entries.waits(x) for x in entries.texts(texts))
    complete = "" if any(waiting.values()) else " complete"
    good = (
        f"{len(template)} texts{complete} in {len(PLURALS)} languages; "
        f"drafts that no native speaker has read: {_counts(drafts)}"
    )
    if not complete:
        good += f"; shown in English or German until somebody translates them: {_counts(waiting)}"
    return sorted(faults), good


def _counts(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{folder} {n}" for folder, n in numbers.items() if n) or "none"


def _source_faults(root: Path, template: Catalog) -> Iterator[Fault]:
    for path in sorted(x for source in SOURCES for x in (root / source).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and _unreadable(node):
                name = path.relative_to(root).as_posix()
                what = "the text to translate is not a plain string; write it out in N_()"
                yield Fault(name, node.lineno, what)
    for message in entries.texts(template):
        for text in entries.ids(message):
            for what in _marks(text):
                yield Fault(*message.locations[0], f"{what} in {entries.short(message)}")


def _unreadable(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Name) or call.func.id not in KEYWORDS:
        return False
    return not all(isinstance(x, ast.Constant) and isinstance(x.value, str) for x in call.args)


def _catalogue_faults(path: str, folder: str, texts: Catalog, template: Catalog) -> Iterator[Fault]:
    header = {name.lower(): value for name, value in texts.mime_headers}
    if _squeezed(header.get("plural-forms", "")) != _squeezed(PLURALS[folder]):
        yield Fault(path, 1, f"write `Plural-Forms: {PLURALS[folder]}` into the header")
        return
    old = [x for x in entries.texts(texts) if x.id not in template]
    for message in (*texts.obsolete.values(), *old):
        yield Fault(path, message.lineno or 1, f"obsolete: {entries.short(message)}; {UPDATE}")
    for source in entries.texts(template):
        yield from _message_faults(path, folder, source, texts.get(entries.ids(source)[0]))


def _message_faults(
    path: str, folder: str, source: Message, found: Message | None
) -> Iterator[Fault]:
    if found is None or entries.ids(found) != entries.ids(source):
        what = f"not in {path}: {entries.short(source)}; {UPDATE}, then translate it there"
        yield Fault(*source.locations[0], what)
    elif folder == ORIGINAL and found.fuzzy and entries.complete(found):
        what = "its German is a draft; adapt it, then delete `fuzzy` and the lines with `#|`"
        yield Fault(path, found.lineno or 1, f"{entries.short(found)}: {what}")
    elif folder != ORIGINAL and entries.waits(found):
        return
    elif not entries.complete(found):
        yield Fault(
            path, found.lineno or 1, f"not translated: {entries.short(found)}; write its msgstr"
        )
    else:
        for what in _text_faults(found, folder):
            yield Fault(path, found.lineno or 1, f"{what} in the text for {entries.short(found)}")


def _text_faults(message: Message, folder: str) -> Iterator[str]:
    ids, forms = entries.ids(message), entries.strings(message)
    allowed = {x for text in ids for x in _PLACEHOLDER.findall(text)}
    needed = {x for x in allowed if all(x in _PLACEHOLDER.findall(text) for text in ids)}
    counted = "n" in allowed and len(ids) > 1
    for i, form in enumerate(forms):
        names = set(_PLACEHOLDER.findall(form))
        wanted = needed | {"n"} if counted and not _single(folder, i) else needed - {"n"}
        if len(ids) == 1:
            wanted = allowed
        if names - allowed or wanted - names:
            shown = " ".join(f"{{{x}}}" for x in sorted(wanted)) or "no braces"
            yield f"the placeholders differ (write {shown})"
        yield from _marks(form)
        if _fixed(form) != _fixed(ids[-1]):
            yield "a command or an emoji differs (`!word` and ✅ stay as they are in the source)"


def _fixed(text: str) -> set[str]:
    return {*_COMMAND.findall(text), *(x for x in text if category(x) == "So")}


def _single(folder: str, form: int) -> bool:
    """Whether a plural form stands for one number only, which may then go unsaid."""
    choose = c2py(PLURALS[folder].partition("plural=")[2].rstrip(";"))
    return sum(choose(n) == form for n in range(200)) == 1


def _marks(text: str) -> Iterator[str]:
    if _OVERRIDES.search(text):
        yield "a bidi override or embedding (take out U+202A to U+202E)"
    for line in text.splitlines():
        depth = 0
        for x in line:
            depth += (x in _OPENING) - (x in _CLOSING)
            if depth < 0:
                break
        if depth:
            yield "a bidi isolate without its partner (pair U+2066 to U+2068 with U+2069)"
            break
    if set("{}") & set(_PLACEHOLDER.sub("", text)):
        yield "a brace that belongs to no placeholder (write {name})"


def _squeezed(rule: str) -> str:
    return re.sub(r"[\s();]", "", rule)


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    match list(arguments):
        case ["update"]:
            click.echo(update(root))
            return 0
        case ["check"]:
            faults, good = check(root)
            click.echo("\n".join(map(str, faults)) or good)
            return 1 if faults else 0
        case _:
            click.echo("usage: python -m config.translations check|update", err=True)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
