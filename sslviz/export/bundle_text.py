"""Small changes in source text, for a file that stands alone: tables of knobs with values, names without modules."""

import ast
import json
from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Mapping[str, Any]]  # "SimCLR.Knobs" -> name of a knob -> value
WIDEST = 120  # columns of a line


def plain_tables(source: str, values: Values) -> str:
    """`temperature: float = knob(0.2, 0.01, 1.0, symbol=…, help=…)` becomes `temperature: float = 0.07  # …`."""
    if "knob(" not in source:
        return source
    edits = []
    for qualified, table in _classes(ast.parse(source), ""):
        for row in table.body:
            if isinstance(row, ast.AnnAssign) and isinstance(row.value, ast.Call) and _called(row.value) == "knob":
                assert isinstance(row.target, ast.Name)
                name = row.target.id
                words = {
                    word.arg: str(ast.literal_eval(word.value))
                    for word in row.value.keywords
                    if word.arg in ("symbol", "help")
                }
                default = ast.literal_eval(row.value.args[0])
                value = values.get(qualified, {}).get(name, default)
                # a JSON string is a string of Python, too
                written = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
                line = f"{name}: {ast.get_source_segment(source, row.annotation)} = {written}"
                note = ": ".join(filter(None, (words.get("symbol"), words.get("help"))))
                indent = " " * row.col_offset
                if len(indent) + len(line) + len(note) + 4 > WIDEST:
                    line = f"# {note}\n{indent}{line}"
                elif note:
                    line = f"{line}  # {note}"
                edits.append((_span(row), line))
    return _edited(source, edits)


def plain_names(source: str, renamed: Mapping[str, str]) -> str:
    """`tables.Knobs` becomes `Knobs` where `renamed` has tables: "sslviz.knobs."; `old` becomes `new` where it has
    old: "new".
    """
    if not renamed:
        return source
    edits = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if renamed.get(node.value.id, "").endswith("."):
                edits.append((_span(node), node.attr))
        elif isinstance(node, ast.Name) and not renamed.get(node.id, ".").endswith("."):
            edits.append((_span(node), renamed[node.id]))
    return _edited(source, edits)


def _classes(node: ast.AST, outer: str) -> list[tuple[str, ast.ClassDef]]:
    """All classes with their qualified names."""
    found = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            found += [(outer + child.name, child), *_classes(child, f"{outer}{child.name}.")]
    return found


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


Span = tuple[int, int, int, int]  # first line and byte, last line and byte


def _span(node: ast.expr | ast.stmt) -> Span:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.lineno - 1, node.col_offset, node.end_lineno - 1, node.end_col_offset


def _edited(source: str, edits: list[tuple[Span, str]]) -> str:
    """The text with the spans replaced; spans do not overlap."""
    lines = [line.encode() for line in source.split("\n")]  # ast counts bytes
    for (first, start, last, end), text in sorted(edits, reverse=True):
        lines[first : last + 1] = [lines[first][:start] + text.encode() + lines[last][end:]]
    return b"\n".join(lines).decode()
