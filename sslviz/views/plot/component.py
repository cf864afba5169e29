"""Hand-made JavaScript on a page: a module and all that it imports become the one text that Streamlit takes."""

import json
import re
from pathlib import Path
from typing import Any

import streamlit as st

from sslviz.figures import style

JS = Path(__file__).parent / "js"
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "(\.{1,2}/[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|class|function|async function) (\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def component(name: str, script: Path, *styles: Path, **settings: Any) -> Any:
    """A component of Streamlit's whose default function is that of `script`. In its modules `SETTINGS` is a constant:
    {dark: what colours of the light page become on the dark one, …settings}. `colors` among them are of the light page.
    """
    return st.components.v2.component(
        f"sslviz_{name}",
        css="\n".join(path.read_text() for path in styles),
        js=f"const SETTINGS = {json.dumps({'dark': style.DARK, **settings})};\n{joined(script)}",
        isolate_styles=False,  # plotly puts its style sheet into the document, a tooltip its node: no shadow root
    )


def joined(script: Path) -> str:
    """The module and what it imports, depth first, each once, as one module. An imported one becomes a function that is
    called at once and returns what it exports: names that two modules have in common do not clash.

    Raises ValueError for a circle of imports, and for any form but `import {…} from "./…";`, `export const …` (class,
    function, async function) of one name, and the `export default` of the script itself.
    """
    constants: dict[Path, str] = {}  # module -> the constant that holds its exports, "" while its imports are read
    texts: list[str] = []

    def text(path: Path) -> str:
        def imported(found: re.Match[str]) -> str:
            return f"const {found[1].replace(' as ', ': ')} = {constant((path.parent / found[2]).resolve())};"

        body = _IMPORT.sub(imported, path.read_text())
        exports = _EXPORT.findall(body)
        body = _EXPORT.sub("", body)
        for other in _OTHER.findall(body):
            if path != script or not other.startswith("export default "):
                raise ValueError(f"{path.name}: {other}")
        return body if path == script else f"(() => {{\n{body}return {{ {', '.join(exports)} }};\n}})()"

    def constant(path: Path) -> str:
        if path not in constants:
            constants[path] = ""
            function = text(path)
            constants[path] = f"${len(texts)}_{path.stem}"
            texts.append(f"const {constants[path]} = {function};\n")
        if not constants[path]:
            raise ValueError(f"{path.name} imports itself, by way of others")
        return constants[path]

    own = text(script)
    return "".join([*texts, own])
