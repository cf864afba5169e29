"""Runs of the command line, as anybody would start them, some at a time; what has been trained once is not trained
again.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

LONGEST = 180  # characters of a run's name


@dataclass(frozen=True)
class Case:
    """What is trained: a method, with some knobs turned, on some pictures, for so long, from one seed. Without
    `seconds` a run ends at the knob `steps`: then it does not matter how busy the machine is.
    """

    method: str
    seconds: float | None
    seed: int = 0
    data: str = "shapes"
    knobs: tuple[str, ...] = ()  # "temperature=0.1"

    @property
    def name(self) -> str:
        data = Path(self.data).stem
        length = () if self.seconds is None else (f"{self.seconds:g}s",)
        name = "-".join([self.method, data, *length, f"seed{self.seed}", *self.knobs])
        if len(name) > LONGEST:  # a file system takes 255
            name = f"{name[:LONGEST]}-{hashlib.blake2b(name.encode(), digest_size=6).hexdigest()}"
        return name


def train(cases: Iterable[Case], runs: Path, jobs: int, *more: str) -> dict[Case, dict[str, Any]]:
    """Each case as `python -m sslviz train … --json`, `jobs` at a time on equal shares of the cores: case -> its JSON.

    `more`: further arguments. The run folders stay in `runs/<name of the case>/`.
    """
    cases = list(cases)
    threads = max(1, (os.cpu_count() or 1) // jobs)

    def one(case: Case) -> dict[str, Any]:
        folder, done = runs / case.name, runs / f"{case.name}.json"
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)  # what is left of a run that was cut off
            folder.mkdir(parents=True)
            command = [sys.executable, "-m", "sslviz", "train", case.method, "--data", case.data, "--json"]
            command += ["--seed", str(case.seed), "--runs", str(folder), *more]
            command += [] if case.seconds is None else ["--seconds", str(case.seconds)]
            for knob in (f"threads={threads}", *case.knobs):
                command += ["--set", knob]
            ended = subprocess.run(
                command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": str(threads)}
            )
            if ended.returncode not in (0, 1) or not ended.stdout.strip():  # 1: the run failed, and its JSON says why
                raise RuntimeError(f"{case.name}: {ended.stderr[-2000:]}")
            done.write_text(ended.stdout.splitlines()[-1])
        found: dict[str, Any] = json.loads(done.read_text())
        return found

    with ThreadPoolExecutor(jobs) as pool:
        return dict(zip(cases, tqdm(pool.map(one, cases), total=len(cases), file=sys.stderr), strict=True))


def spread(shares: list[float | None]) -> str:
    """61.0 (59.8 … 62.1), in percent."""
    known = [100 * share for share in shares if share is not None]
    if not known:
        return ""
    return f"{np.mean(known):.1f}" + (f" ({min(known):.1f} … {max(known):.1f})" if len(known) > 1 else "")
