"""How large bots are, and how much of them is scaffolding: `scripts/count_lines.py [CHECKOUT]`.

Lines are those that hold something. Scaffolding is what a bot needs besides its rules, its
documents and its words: what loads and saves, JSON, tables of rules, and names of handles and
timers. `needed`: the bots named, and what they need of the runtime, as imports say.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

BOTS = ("announcements", "exchange", "ombuds", "onboarding")
FRAMES = {
    "bot.py", "desk.py", "dispatch.py", "handles.py", "keys.py", "kinds.py", "saving.py",
    "state.py", "store.py", "loading.py", "routes.py",
}  # fmt: skip
JSON = re.compile(r"to_json|\w+_from")
IMPORT = re.compile(r"^(?:from|import) +(bots\.runtime[\w.]*)(?: +import +\(?([\w, ]+))?", re.M)


def filled(text: str) -> int:
    return sum(bool(line.strip()) for line in text.splitlines())


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def scaffolding(file: Path) -> int:
    text = file.read_text(encoding="utf-8")
    if file.name in FRAMES:
        return filled(text)
    lines = text.splitlines()
    spans = (x for x in ast.parse(text).body if _is_frame(x))
    return sum(filled("\n".join(lines[x.lineno - 1 : x.end_lineno])) for x in spans)


def _is_frame(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef):
        return JSON.fullmatch(node.name) is not None
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return isinstance(value, ast.Call) and ast.unparse(value.func) in ("Collection", "Router")


def functions(files: Iterable[Path]) -> Iterator[int]:
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1


def needed(root: Path, files: Iterable[Path]) -> set[Path]:
    """Modules of the runtime that these import, and what those import."""
    found: set[Path] = set()
    waiting = list(files)
    while waiting:
        for module, names in IMPORT.findall(waiting.pop().read_text(encoding="utf-8")):
            base = root / module.replace(".", "/")
            each = [base.with_suffix(".py"), base / "__init__.py"]
            each += [base / f"{x.strip()}.py" for x in names.split(",") if x.strip()]
            new = {x for x in each if x.exists()} - found
            found |= new
            waiting += new
    return found


def p95(values: Iterable[int]) -> int:
    ordered = sorted(values)
    return ordered[int(len(ordered) * 0.95)]


def report(root: Path) -> Iterator[str]:
    total: set[Path] = set()
    for bot in BOTS:
        files = sources(root / "bots" / bot)
        total |= set(files)
        lines = sum(filled(x.read_text(encoding="utf-8")) for x in files)
        frame = sum(map(scaffolding, files))
        share = f"{frame} of them scaffolding ({frame / lines:.0%})"
        yield f"{bot}: {lines} lines in {len(files)} files, {share}"
    total |= needed(root, total)
    sizes = [x.read_text(encoding="utf-8") for x in total]
    yield f"with what they need of the runtime: {sum(map(filled, sizes))} lines"
    files_p95 = p95(len(x.splitlines()) for x in sizes)
    yield f"p95: files {files_p95}, functions {p95(functions(total))} lines"


if __name__ == "__main__":
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]
    sys.stdout.write("\n".join(report(root)) + "\n")
