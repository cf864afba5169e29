"""SIGTERM (Slurm, `docker stop`, `timeout`) and SIGHUP (a closed terminal) end a run as Ctrl-C does."""

import signal
from collections.abc import Callable

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is not known everywhere


def on_signals(close: Callable[[str], None]) -> None:
    """`close` gets a sentence that says what has ended the run. What is ignored (`nohup`) stays ignored. Only for a
    process's main thread.
    """

    def heard(number: int, _: object) -> None:
        name = signal.Signals(number).name
        close("Ended by Ctrl-C." if name == "SIGINT" else f"Ended from outside ({name}).")

    for name in NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, heard)
