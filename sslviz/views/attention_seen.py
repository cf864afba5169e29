"""What networks see in one picture, computed once for all who ask the same, and drawn."""

import numpy as np
import streamlit as st
import torch

from sslviz.figures import attention_room as figures
from sslviz.figures.attention_room import Seen
from sslviz.measures import patches
from sslviz.measures.attention import kept, overlaps
from sslviz.runs.looking import Look, look
from sslviz.runs.references import supervised
from sslviz.views import server, which
from sslviz.views.plot import encode
from sslviz.views.recorded import folder

THIS, RANDOM, LABELLED = "this run", "random weights", "supervised"


@st.cache_data(ttl=30, max_entries=64, show_spinner=False)
def supervised_vit(path: str) -> str | None:
    """The finished supervised run with a transformer on the same pictures; looked for again after half a minute."""
    found = supervised(folder(path), server.GALLERY, same_encoder=True)
    return None if found is None else str(found.path)


@st.cache_data(max_entries=512, show_spinner=False)
def look_at(path: str, step: int, untrained: bool, picture: bytes, shape: tuple[int, ...]) -> Look:
    """What the network of that moment, or the random weights that it began with, does with one picture."""
    loaded = which.network(folder(path), step)
    pixels = torch.from_numpy(np.frombuffer(picture, np.uint8).reshape(1, *shape).copy())
    return look(loaded.untrained if untrained else loaded.method, pixels)


@st.cache_data(max_entries=256, show_spinner=False)
def pictures(
    path: str,
    step: int,
    labelled: str | None,
    picture: bytes,
    shape: tuple[int, ...],
    mask: bytes | None,
    token: int,
    share: float,
) -> dict[str, bytes]:
    """The three figures, encoded. picture: uint8 of this shape, 3 x H x W; mask: bool, H x W."""
    networks = {THIS: (path, step, False), RANDOM: (path, step, True)}
    if labelled is not None:
        networks[LABELLED] = (labelled, folder(labelled).weights_steps()[-1], False)
    truth = None if mask is None else np.frombuffer(mask, bool).reshape(shape[1:])
    seen = [saw(name, look_at(*key, picture, shape), token, share, truth) for name, key in networks.items()]
    shown = np.frombuffer(picture, np.uint8).reshape(shape).transpose(1, 2, 0)
    return {
        "asker": encode(figures.asker(shown, seen[0].maps[0], token)),
        "maps": encode(figures.maps(shown, truth, seen, share)),
        "features": encode(figures.features(shown, token, seen)),
    }


def saw(name: str, found: Look, token: int, share: float, truth: np.ndarray | None) -> Seen:
    """The mean of the heads, then the heads, asked by this token; and what the patches have in common with it."""
    maps = with_mean(found, token)
    tokens = found.tokens[0]
    alike = patches.cosines_with(tokens, found.class_tokens[0] if token == 0 else tokens[token - 1])
    return Seen(name, maps, covers(maps, share), overlap_of(maps, share, truth), alike, patches.rgb(tokens))


def with_mean(found: Look, token: int) -> np.ndarray:
    """(1 + heads) x L."""
    heads = found.asked_by(token)[0]
    return np.concatenate([heads.mean(0, keepdims=True), heads])


def covers(maps: np.ndarray, share: float) -> np.ndarray:
    """The patches that hold this share of each map: bool, as maps."""
    return kept(torch.from_numpy(maps), share).numpy()


def overlap_of(maps: np.ndarray, share: float, truth: np.ndarray | None) -> np.ndarray | None:
    """Jaccard of each map; None without a mask."""
    if truth is None:
        return None
    return overlaps(torch.from_numpy(maps)[None], torch.from_numpy(truth.copy())[None], share)[0].numpy()
