"""YAML into plain data: lines, what booleans are, and every fault at once."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from config.reading.document import MAX_BYTES, Document, Plain, read_document

KEYS = st.text("abcdefghij-_", min_size=1, max_size=8)
# Without digits: PyYAML writes YAML 1.1, in which 1e5 is a text.
WORDS = st.text(max_size=20).filter(lambda text: not any(c.isnumeric() for c in text))
SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | WORDS
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> Document:
    return read_document(text.encode())


def told(text: str) -> list[tuple[int, str]]:
    """Line and the first words of each fault, by line."""
    return sorted((fault.line, fault.text) for fault in read(text).faults)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("off", "off"),
        ("yes", "yes"),
        ("true", True),
        ("False", False),
        ("'true'", "true"),
        ("~", None),
        ("", None),
        ("110", 110),
        ("0800", "0800"),
        ("1_000", "1_000"),
        ("1.5", 1.5),
        ("60s", "60s"),
        ("12:30:45", "12:30:45"),
        ("2024-01-31", "2024-01-31"),
        ("0x1F", "0x1F"),
        (".inf", ".inf"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars_are_what_people_mean(written: str, meant: Plain) -> None:
    found = read(f"key: {written}\n").data
    assert found == {"key": meant}
    assert isinstance(found, dict)
    assert type(found["key"]) is type(meant)


def test_every_key_and_entry_has_its_line() -> None:
    document = read("# first\n\na:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n")
    assert document.lines == {
        (): 3,
        ("a",): 3,
        ("a", "b"): 4,
        ("a", "c"): 5,
        ("a", "c", 0): 6,
        ("a", "c", 1): 7,
        ("a", "c", 1, "d"): 7,
    }


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\n"])
def test_lines_count_whatever_ends_them(line_break: str) -> None:
    text = line_break.join(["a: 1", "b: 2", "a: 3", ""])
    assert [line for line, _ in told(text)] == [3]


def test_a_tab_in_the_indentation_is_named_in_words_and_the_rest_is_read() -> None:
    document = read("a:\n\tb: 1\n\tc: 2\n  d: 3\n")
    assert [fault.line for fault in document.faults] == [2, 3]
    assert all("tab" in fault.text and "spaces" in fault.text for fault in document.faults)
    assert document.data == {"a": {"b": 1, "c": 2, "d": 3}}


def test_a_tab_between_words_is_a_fault_of_its_own() -> None:
    assert [line for line, text in told("a: 1\t# why\nb:\n\t- x\n") if "tab" in text] == [1, 3]


def test_tabs_that_yaml_allows_are_no_fault() -> None:
    assert told('a: "x\ty"\nb: |\n  code\n  \tcode\n') == []


def test_a_key_that_stands_twice_names_both_lines() -> None:
    [(line, text)] = told("a:\n  b: 1\n  c: 2\n  b: 3\n")
    assert line == 4
    assert '"b"' in text
    assert "lines 2, 4" in text


def test_either_value_of_a_double_key_can_be_had() -> None:
    raw = b"a: 1\na: 2\n"
    assert read_document(raw).data == {"a": 1}
    last = read_document(raw, last=True)
    assert last.data == {"a": 2}
    assert last.lines[("a",)] == 2
    assert last.faults == read_document(raw).faults


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: [b, c\nd: 1\n", 1, "opens here with ["),
        ("a: {b: 1\nd: 1\n", 1, "open here with {"),
        ("a: 'b\nd: 1\n", 1, "quote that opens here"),
        ('a: "C:\\dir"\nd: 1\n', 1, "quote that opens here"),
        ("a: b: c\nd: 1\n", 1, "a colon where none can be"),
        ("a:\n  b: 1\n c: 2\nd: 1\n", 3, "indented differently"),
        ("a\nd: 1\n", 1, "without a colon"),
        ("a:\n  b: 1\n  - c\nd: 1\n", 3, "indented differently"),
        ("a: |x\n  y\nd: 1\n", 1, "only a line break"),
        ("a: @b\nd: 1\n", 1, "in quotes"),
        ("a: `b`\nd: 1\n", 1, "in quotes"),
        ("a: *b\nd: 1\n", 1, "aliases"),
        ("a: * b\nd: 1\n", 1, "must be in quotes"),
        ("a: &b c\nd: 1\n", 1, "anchors"),
        ("a: !!python/object:os.system c\nd: 1\n", 1, "tags"),
        ("a: !b c\nd: 1\n", 1, "tags"),
        ("[a]: b\nd: 1\n", 1, "plain word"),
    ],
)
def test_what_is_not_yaml_is_told_in_words_and_the_rest_is_read(
    text: str, line: int, words: str
) -> None:
    document = read(text)
    assert [fault.line for fault in document.faults] == [line]
    assert words in document.faults[0].text
    assert isinstance(document.data, dict)
    assert document.data["d"] == 1


def test_faults_of_syntax_in_several_sections_are_all_told() -> None:
    text = "a: [1\nb: 'x\nc:\n\td: 1\ne: @f\ng: 1\ng: 2\n"
    assert [line for line, _ in told(text)] == [1, 2, 4, 5, 7]
    assert read(text).unread == {"a", "b", "e"}


def test_a_quote_that_swallows_the_next_section_is_told_where_it_opens() -> None:
    text = 'a:\n  b: "x: y\nc: [1, 2]\nd: "z"\ne: 1\ne: 2\n'
    assert [line for line, _ in told(text)] == [2, 6]
    assert "quote that opens here" in told(text)[0][1]


def test_a_second_document_is_read_as_one_with_the_first() -> None:
    assert [line for line, _ in told("a: 1\n---\nb: 2\na: 3\n")] == [2, 4]


def test_aliases_can_not_blow_up() -> None:
    text = "a: &a [x]\n" + "".join(f"b{i}: [*a, *a, *a]\n" for i in range(200))
    assert len(read(text).faults) >= 200


def test_depth_and_size_are_bounded() -> None:
    assert "levels" in told("a: " + "[" * 100_000)[0][1]
    assert "1 MB" in read_document(b"#" * (MAX_BYTES + 1)).faults[0].text


def test_hidden_characters_and_wide_blanks_are_found() -> None:
    faults = told("a: b\x00\n\u00a0\u00a0c: d\ne: \u2028f\n")
    assert [line for line, _ in faults] == [1, 2, 3]
    assert "U+0000" in faults[0][1]
    assert "spaces" in faults[1][1]
    assert "U+2028" in faults[2][1]


def test_other_encodings_name_the_line() -> None:
    [fault] = read_document("a: 1\nb: für\n".encode("latin-1")).faults
    assert fault.line == 2
    assert "UTF-8" in fault.text


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_document(b"\xef\xbb\xbfa: 1\n") == Document({"a": 1}, {(): 1, ("a",): 1})


@pytest.mark.parametrize("text", ["", "\n", "# only words\n", "---\n"])
def test_nothing_is_none(text: str) -> None:
    assert read(text).data is None


@given(st.binary(max_size=200))
def test_any_bytes_are_read(raw: bytes) -> None:
    read_document(raw)


@given(st.text(" \t\n:-[]{}&*!|>'\"%@`#,?ab1", max_size=60))
def test_anything_like_yaml_is_read(text: str) -> None:
    document = read(text)
    last = text.count("\n") + 1
    assert all(1 <= fault.line <= last for fault in document.faults)


@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=4))
def test_what_was_dumped_is_read_back(tree: dict[str, Plain]) -> None:
    found = read(yaml.safe_dump(tree, allow_unicode=False, width=10_000))
    assert found.faults == ()
    assert found.data == tree
