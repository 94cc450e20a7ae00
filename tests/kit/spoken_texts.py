"""Every sentence that the command line can print, read off its sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("bots/cli", "bots/offices", "config", "federation/spaces")
APART = "bots/cli/installing"
"""`init` has catalogues of its own."""
FILES = (
    *(
        f"bots/runtime/store/{x}.py"
        for x in ("backup", "holding", "keyring", "keys", "rotation", "sealing", "store", "whose")
    ),
    *("bots/runtime/model/errors.py", "bots/runtime/process/control.py"),
    *(
        "federation/model/errors.py",
        "federation/client/login.py",
        "federation/client/homeserver.py",
    ),
    *("bridges/web/server.py", "bridges/email/dkim.py"),
)
ENGLISH = (
    "bots/cli/commands/demo.py",
    "config/entries.py",
    "config/translations.py",
    "config/cli/spoken.py",
    "config/example.py",
)
"""What developers run, and the catalogue's own reader."""
UNSAID = frozenset(
    {
        *("debug", "info", "warning", "error", "critical", "exception"),  # logs
        *(
            "call",
            "call_list",
            "put",
            "post",
            "delete",
            "run",
            "rows",
            "upload",
        ),  # names of requests
        "N_",  # texts of the other catalogues
        *("compile", "Field", "RuntimeError", "TypeError", "AssertionError", "execute", "secret"),
    }
)
"""Calls whose texts nobody is shown on the command line."""
_SENTENCE = re.compile(r"[^\W\d_]{2,}.* .*[^\W\d_]", re.DOTALL)


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        files = sorted((ROOT / folder).rglob("*.py"))
        yield from (x for x in files if not x.is_relative_to(ROOT / APART))
    yield from (ROOT / file for file in FILES)


def sentences(file: Path) -> Iterator[str]:
    """Texts of more than one word, with `{}` for what is put in."""
    yield from _within(ast.parse(file.read_text(encoding="utf-8")))


def blank(text: str) -> str:
    """With all placeholders alike."""
    return re.sub(r"\{\w*\}", "{}", text)


def _within(node: ast.AST) -> Iterator[str]:
    if _is_docstring(node) or (isinstance(node, ast.Call) and _name(node) in UNSAID):
        return
    if isinstance(node, ast.Constant | ast.JoinedStr):
        text = _template(node)
        if _SENTENCE.search(text.replace("{}", " ")):
            yield text
        if isinstance(node, ast.Constant):
            return
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _within(part.value)
        return
    for child in ast.iter_child_nodes(node):
        yield from _within(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _template(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
    )


FINDINGS = frozenset({"ok", "note", "fault", "of_error", "Finding"})


def labels(file: Path) -> Iterator[str]:
    """What `doctor` calls the things that it looks at."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    if file.parent.name not in ("checkup", "commands"):
        return
    constants = dict(_constants(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) in FINDINGS and node.args:
            yield from _text(node.args[0], constants)
        if isinstance(node, ast.keyword) and node.arg in ("check", "certificate"):
            yield from _text(node.value, constants)


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = value.elts if isinstance(value, ast.Tuple) else [value]
            for name, one in zip(names, values, strict=False):
                if isinstance(name, ast.Name):
                    yield from ((name.id, text) for text in _text(one, {}))


def _text(node: ast.AST, constants: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.Name) and node.id in constants:
        yield constants[node.id]
