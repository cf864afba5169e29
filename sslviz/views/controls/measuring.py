"""Asking for an evaluation of a run: the launcher's evaluator measures in the background, and a page reads what it
leaves in the run's folder.
"""

import pandas as pd
import streamlit as st

from sslviz.foreign import SENTENCE, in_markdown
from sslviz.measures.scores import EVALUATED
from sslviz.runs.folder import RunFolder
from sslviz.views.controls import server

EVALUATIONS = {  # name -> title, what is frozen, roughly how long on two cores
    "knn": (EVALUATED.title, "frozen; nothing is trained", "20 s"),
    "linear": ("Linear probe", "frozen; one linear layer is fitted", "40 s"),
    "attention": ("Attention against masks", "frozen; only for a ViT, only on shapes", "10 s"),
    "finetune": ("Fine-tune", "nothing is frozen: the encoder moves, slowly", "1 min"),
    "fewshot": ("Few labels", "frozen probe; from scratch: nothing is frozen", "4 min"),
    "references": ("Reference encoders", "all are frozen", "30 min the first time"),
}
BY_NAME = {  # only if asked for -> why
    "references": "Compares with the supervised run on the same pictures, and with torchvision's ResNet-18 and DINOv2, "
    "whose weights (47 and 88 MB) are downloaded once from their authors. DINOv2 comes with code of its authors, from "
    "GitHub, which then runs on this machine."
}


def is_busy(run: RunFolder) -> bool:
    """True while the evaluator works on this run."""
    return run.is_measured()


def progress(run: RunFolder, step: int) -> None:
    """What the evaluator is at; or, in a sentence, why it could not measure this moment."""
    now = run.evaluation_progress()
    if is_busy(run):
        title, doing = EVALUATIONS[now["name"]][0], now.get("doing")
        told = f"{title}: {now['rows']} numbers measured so far, at step {now['step']}."
        st.info(f"{told} {in_markdown(doing)}." if doing else told, icon=":material/pending:")
    elif "error" in now and now.get("step") == step:
        st.warning(in_markdown(now["error"], SENTENCE))
    if problem := st.session_state.pop("_not_measured", ""):
        st.warning(problem)


def notes(table: pd.DataFrame) -> list[str]:
    """Why something could not be measured."""
    return [str(note) for note in table["note"].dropna()] if "note" in table else []


def ask(run_id: str, step: int, names: tuple[str, ...]) -> None:
    with server.refusals("_not_measured"):
        server.launcher().evaluate(run_id, step, names)
        st.session_state["_asked"] = True


def button(run: RunFolder, step: int, names: tuple[str, ...]) -> None:
    """Asks for all of `names` at once."""
    titles = ", ".join(f"{EVALUATIONS[name][0]} ({EVALUATIONS[name][2]})" for name in names)
    st.button(f"Measure: {titles}", key="measure", type="primary", on_click=ask, args=(run.id, step, names))
