"""Modules become one text: each once, in the order of their imports, and no name of one is seen by another."""

from pathlib import Path

import pytest

from sslviz.views.plot.component import joined


@pytest.fixture
def write(tmp_path: Path):
    def write(**modules: str) -> Path:
        for name, text in modules.items():
            (tmp_path / f"{name}.js").write_text(text)
        return tmp_path / "main.js"

    return write


def test_a_module_is_joined_once_before_those_that_import_it(write) -> None:
    script = write(
        low="// comment\nlet line = 1;\nexport const one = () => line;\nexport async function two() {}\n",
        high='import { one } from "./low.js";\nconst line = 2;\nexport class High {}\nline + one();\n',
        main='import { High } from "./high.js";\nimport {\n  one as first,\n  two,\n} from "./low.js";\n'
        "const line = 3;\nexport class Main {}\nexport default Main;\n",
    )
    assert joined(script) == (
        "const $0_low = (() => {\n"
        "// comment\nlet line = 1;\nconst one = () => line;\nasync function two() {}\n"
        "return { one, two };\n})();\n"
        "const $1_high = (() => {\n"
        "const { one } = $0_low;\nconst line = 2;\nclass High {}\nline + one();\n"
        "return { High };\n})();\n"
        "const { High } = $1_high;\nconst {\n  one: first,\n  two,\n} = $0_low;\n"
        "const line = 3;\nclass Main {}\nexport default Main;\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "export let changes = 1;",
        "export { a, b };",
        "export default 1;",
        'export * from "./main.js";',
        'import whole from "./other.js";',
        'import * as whole from "./other.js";',
        'import "./other.js";',
        'import { html } from "lit";',
        'import { a } from "./main.js";',
    ],
)
def test_what_it_cannot_join_it_refuses(write, text: str) -> None:
    script = write(low=text + "\n", other="export const a = 1;\n", main='import { a } from "./low.js";\n')
    with pytest.raises(ValueError, match=r"low\.js|main\.js"):
        joined(script)
