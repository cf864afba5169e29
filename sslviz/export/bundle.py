"""Some classes and functions of this package as source text that stands alone, with all that they need of it.

Read from the modules themselves, so what is taken along is the code that ran. Imports inside the package fall away,
modules follow each other so that what is needed stands first, definitions that nobody needs are left out, and each
table of knobs says the values of the run in place of ranges. All names now live in one place: two different things of
one name are an error (Clash), never a guess.
"""

import ast
import builtins
import symtable
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sslviz.export.bundle_text import Values, plain_names, plain_tables

ROOT = Path(__file__).parents[1]
REPLACED = {"sslviz.knobs": "sslviz.export.plain_knobs"}  # pydantic stays at home

Name = tuple[str, str]  # a module, a name in it


class Clash(ValueError):
    """The modules cannot become one file: they mean different things by one name, or do more than define."""


@dataclass(frozen=True)
class Section:
    """What is left of one module: its name, what it says of itself ("" if little of it is left), its code."""

    module: str
    doc: str
    code: str


@dataclass(frozen=True)
class Bundle:
    """Import lines, the standard library's first; then sections, each of which needs only those before it."""

    imports: tuple[str, ...]
    sections: tuple[Section, ...]


def bundle(roots: Iterable[Name], values: Values) -> Bundle:
    """Everything that the roots need. `values`: of each table of knobs. Raises Clash."""
    roots = [(REPLACED.get(module, module), name) for module, name in roots]
    modules: dict[str, Module] = {}
    kept: dict[str, set[int]] = defaultdict(set)  # module -> numbers of its statements that are needed
    needs: dict[str, list[str]] = defaultdict(list)  # module -> modules
    outside: dict[str, tuple[str, str]] = {}  # name -> what it is in full, and how it is imported

    left = list(reversed(roots))
    while left:
        module, name = left.pop()
        here = modules[module] = modules.get(module) or Module(module, values)
        if name not in here.defined:
            raise Clash(f"{module} does not define {name!r}.")
        number = here.defined[name]
        if number in kept[module]:
            continue
        kept[module].add(number)
        for used in here.names(number):
            if used in here.defined:
                left.append((module, used))
            elif used in here.inside:
                left.append(here.inside[used])
                needs[module].append(here.inside[used][0])
            elif used in here.outside and outside.setdefault(used, here.outside[used])[0] != here.outside[used][0]:
                raise Clash(f"{used!r} is {outside[used][0]} and {here.outside[used][0]}.")
    order = list(_in_order([module for module, _ in roots], needs, set()))
    _check([(name, module) for module in order for name in modules[module].names_of(kept[module])], outside)
    return Bundle(
        tuple(import_lines(line for _, line in outside.values())),
        tuple(modules[module].section(kept[module]) for module in order),
    )


class Module:
    """One file: its definitions, and where the names come from that it did not define."""

    def __init__(self, name: str, values: Values) -> None:
        self.name = name
        source = plain_tables(path_of(name).read_text("utf-8"), values)
        self.inside: dict[str, Name] = {}
        self.outside: dict[str, tuple[str, str]] = {}
        source = plain_names(source, self._imports(ast.parse(source)))
        self.tree, self.lines = ast.parse(source), source.splitlines()
        self.doc = ast.get_docstring(self.tree) or ""

    def _imports(self, tree: ast.Module) -> dict[str, str]:
        """Reads the imports; returns name -> "module." of those inside the package that are modules, or name -> other
        name of those that were given another here.
        """
        renamed = {}
        for node in tree.body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    local, whole = alias.asname or alias.name.partition(".")[0], alias.name
                    self.outside[local] = (whole if alias.asname else local, f"import {ast.unparse(alias)}")
            elif isinstance(node, ast.ImportFrom):
                source = node.module or ""
                for alias in node.names:
                    local, whole = alias.asname or alias.name, f"{source}.{alias.name}"
                    if not whole.startswith("sslviz."):
                        self.outside[local] = (whole, f"from {source} import {ast.unparse(alias)}")
                    elif path_of(whole).is_file():
                        renamed[local] = f"{whole}."
                    else:
                        self.inside[alias.name] = (REPLACED.get(source, source), alias.name)
                        if alias.asname:
                            renamed[local] = alias.name
        for part in ast.walk(tree):
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                whole = renamed.get(part.value.id, "")
                if whole.endswith("."):  # tables.Knobs
                    self.inside[part.attr] = (REPLACED.get(whole[:-1], whole[:-1]), part.attr)
        return renamed

    @cached_property
    def defined(self) -> dict[str, int]:
        """Name -> number of the statement that makes it."""
        return {name: number for number, node in enumerate(self.tree.body) for name in names_made(node)}

    def names(self, number: int) -> Iterator[str]:
        """What a statement uses that it does not make itself."""
        left = [symtable.symtable(self.text(number), self.name, "exec")]
        while left:
            table = left.pop()
            left += table.get_children()
            here = table.get_type() != "function"  # what stands in a module or a class may be looked up around it
            yield from (s.get_name() for s in table.get_symbols() if s.is_referenced() and (here or s.is_global()))

    def text(self, number: int) -> str:
        """A statement as it was written, with the comments above it."""
        above = self.tree.body[number - 1].end_lineno or 0 if number else 0
        return "\n".join(self.lines[above : self.tree.body[number].end_lineno])

    def names_of(self, kept: set[int]) -> Iterator[str]:
        yield from (name for name, number in self.defined.items() if number in kept)

    def section(self, kept: set[int]) -> Section:
        """The kept statements, in their order."""
        for node in self.tree.body:
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if not docstring and not isinstance(node, (ast.Import, ast.ImportFrom)) and not list(names_made(node)):
                raise Clash(f"Line {node.lineno} of {self.name} does more than define something.")
        chosen = [self.text(number) for number in sorted(kept)]
        whole = [self.text(number) for number in set(self.defined.values())]
        mostly = 2 * sum(map(len, chosen)) > sum(map(len, whole))  # else its words are about other things
        return Section(self.name, self.doc if mostly else "", "\n".join(chosen).strip("\n"))


def names_made(node: ast.stmt) -> Iterator[str]:
    """What a statement defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (part.id for goal in node.targets for part in ast.walk(goal) if isinstance(part, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def path_of(module: str) -> Path:
    """The file of a module of this package, or of one that has been imported from elsewhere."""
    if module.startswith("sslviz."):
        return ROOT.joinpath(*module.split(".")[1:]).with_suffix(".py")
    return Path(str(sys.modules[module].__file__))


def import_lines(lines: Iterable[str]) -> Iterator[str]:
    """Without repetitions, names from one module in one line; an empty line after the standard library."""
    plain, grouped = set(), defaultdict(set)
    for line in lines:
        source, _, name = line.removeprefix("from ").partition(" import ")
        if line.startswith("from "):
            grouped[source].add(name)
        else:
            plain.add(line)
    made = sorted(plain) + [
        f"from {source} import {', '.join(sorted(names))}" for source, names in sorted(grouped.items())
    ]
    standard = [line for line in made if line.split()[1].partition(".")[0] in sys.stdlib_module_names]
    others = [line for line in made if line not in standard]
    yield from [*standard, *([""] if standard and others else []), *others]


def _in_order(modules: Iterable[str], needs: dict[str, list[str]], done: set[str]) -> Iterator[str]:
    for module in modules:
        if module not in done:
            done.add(module)
            yield from _in_order(needs[module], needs, done)
            yield module


def _check(made: list[Name], outside: dict[str, tuple[str, str]]) -> None:
    """`made`: (name, its module). Raises Clash."""
    first: dict[str, str] = {}
    for name, module in made:
        if first.setdefault(name, module) != module:
            raise Clash(f"{name!r} is defined in {first[name]} and in {module}.")
        if name in outside:
            raise Clash(f"{name!r} is defined in {module}, and elsewhere it is {outside[name][0]}.")
        if hasattr(builtins, name):
            raise Clash(f"{name!r} is defined in {module}, and everywhere else it is Python's own.")
