"""What networks see in one picture, computed once for all who ask the same, and drawn."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
import torch

from sslviz.exhibits.attention import figures, patches
from sslviz.exhibits.attention.figures import Seen
from sslviz.judging.look import Look, look
from sslviz.judging.references import supervised
from sslviz.lessons.supervised import REFERENCE
from sslviz.measures.attention import kept, overlaps
from sslviz.views.controls import choose_run, server
from sslviz.views.plot.plot import encode
from sslviz.views.plot.recorded import folder

THIS, RANDOM, LABELLED = "this run", "random weights", REFERENCE


@st.cache_data(ttl=30, max_entries=64, show_spinner=False)
def supervised_vit(path: str) -> str | None:
    """The finished supervised run with a transformer on the same pictures; looked for again after half a minute."""
    found = supervised(folder(path), server.GALLERY, same_encoder=True)
    return None if found is None else str(found.path)


@st.cache_data(max_entries=512, show_spinner=False)
def look_at(path: str, step: int, untrained: bool, picture: bytes, shape: tuple[int, ...]) -> Look:
    """What the network of that moment, or the random weights that it began with, does with one picture."""
    loaded = choose_run.network(folder(path), step)
    pixels = torch.from_numpy(np.frombuffer(picture, np.uint8).reshape(1, *shape).copy())
    return look(loaded.untrained if untrained else loaded.method, pixels)


@st.cache_data(max_entries=512, show_spinner=False)
def patch_colours(path: str, step: int, untrained: bool, picture: bytes, shape: tuple[int, ...]) -> np.ndarray:
    """Of the patches, L x 3: whoever asks, they are the same."""
    return patches.rgb(look_at(path, step, untrained, picture, shape).tokens[0])


@dataclass(frozen=True)
class Question:
    """path, step: the network; labelled: path of the supervised run, if any. picture: uint8 of this shape, 3 x H x W;
    mask: bool, H x W, if there is one. token: who asks, 0 (class token) or 1 + its patch; share: of the attention.
    """

    path: str
    step: int
    labelled: str | None
    picture: bytes
    shape: tuple[int, ...]
    mask: bytes | None
    token: int
    share: float

    @property
    def pixels(self) -> np.ndarray:
        """H x W x 3."""
        return np.frombuffer(self.picture, np.uint8).reshape(self.shape).transpose(1, 2, 0)

    @property
    def truth(self) -> np.ndarray | None:
        """bool, H x W."""
        return None if self.mask is None else np.frombuffer(self.mask, bool).reshape(self.shape[1:])


@st.cache_data(max_entries=256, show_spinner=False)
def seen(question: Question) -> list[Seen]:
    """What this run, its random weights and the supervised network say."""
    networks = {THIS: (question.path, question.step, False), RANDOM: (question.path, question.step, True)}
    if question.labelled is not None:
        networks[LABELLED] = (question.labelled, folder(question.labelled).weights_steps()[-1], False)
    found = []
    for name, key in networks.items():
        about = (*key, question.picture, question.shape)
        found.append(saw(name, look_at(*about), patch_colours(*about), question))
    return found


@st.cache_data(max_entries=512, show_spinner=False)
def drawn(kind: Literal["asker", "features", "maps"], question: Question) -> bytes:
    """One of the three figures, encoded: each is on its way while the next is drawn."""
    found = seen(question)
    if kind == "asker":
        return encode(figures.asker(question.pixels, found[0].maps[0], question.token))
    if kind == "features":
        return encode(figures.features(question.pixels, question.token, found))
    return encode(figures.maps(question.pixels, question.truth, found, question.share))


def saw(name: str, found: Look, colours: np.ndarray, question: Question) -> Seen:
    """The mean of the heads, then the heads, asked by this token; and what the patches have in common with it."""
    token, share, truth = question.token, question.share, question.truth
    maps, tokens = with_mean(found, token), found.tokens[0]
    alike = patches.cosines_with(tokens, found.class_tokens[0] if token == 0 else tokens[token - 1])
    return Seen(name, maps, covers(maps, share), overlap_of(maps, share, truth), alike, colours)


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
