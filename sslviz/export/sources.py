"""The files of this package that one run needs to train again, as they are, each after those that it imports."""

import ast
import inspect
import re
from dataclasses import dataclass
from pathlib import Path

from sslviz.methods import METHODS
from sslviz.nets import ENCODERS
from sslviz.place import PACKAGE

PLAIN = {"sslviz.knobs": "knobs", "sslviz.runs.settings": "settings"}  # pydantic stays at home
REGISTRY = '"""The {what} of this run."""\n\nfrom {module} import {name}\n\n{table} = {{"{key}": {name}}}\n'


@dataclass(frozen=True)
class File:
    """`path`: sslviz/nets/convnet.py."""

    path: str
    text: str

    @property
    def sentence(self) -> str:
        """The first one in it: what it does."""
        said = ast.get_docstring(ast.parse(self.text)) or ""
        return " ".join(re.split(r"(?<=[.!?])\s", said)[0].split())


def files(method: str, encoder: str, pictures: str) -> list[File]:
    """What a run of this method needs with this encoder, on what this module makes: its pictures, networks, training.
    Each registry lists what is here alone.
    """
    mine, net = METHODS[method], ENCODERS[encoder]
    written = {name: (PACKAGE / "export" / "plain" / f"{file}.py").read_text("utf-8") for name, file in PLAIN.items()}
    written[f"sslviz.methods.{method}"] = Path(inspect.getfile(mine)).read_text("utf-8")
    for package, what, table, key, module, only in (
        ("sslviz.methods", "method", "METHODS", method, f"sslviz.methods.{method}", mine),
        ("sslviz.nets", "network", "ENCODERS", encoder, net.__module__, net),
    ):
        written[package] = REGISTRY.format(what=what, module=module, name=only.__name__, table=table, key=key)
    return needed(["sslviz", pictures, "sslviz.training.trainer", "sslviz.training.probes"], written)


def needed(modules: list[str], written: dict[str, str]) -> list[File]:
    """The modules and what they import of this package, what is needed first. `written`: sources that replace files."""
    found: dict[str, File] = {}

    def take(module: str) -> None:
        if module not in found:
            path = path_of(module)
            text = written.get(module) or (PACKAGE.parent / path).read_text("utf-8")
            for other in imported(text):
                take(other)
            found[module] = File(path.as_posix(), text)

    for module in modules:
        take(module)
    return list(found.values())


def imported(text: str) -> list[str]:
    """The modules of this package that a source imports, in its order."""
    modules = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "sslviz":
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            modules += [name if (PACKAGE.parent / path_of(name)).is_file() else node.module for name in whole]
        elif isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names if alias.name.partition(".")[0] == "sslviz"]
    return modules


def path_of(module: str) -> Path:
    """Where it lies, beside this package's folder."""
    path = Path(*module.split("."))
    return path / "__init__.py" if (PACKAGE.parent / path).is_dir() else path.with_suffix(".py")
