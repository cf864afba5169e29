"""What everybody who looks should know: sentences with their time. Whatever goes wrong in a duty becomes one."""

import errno
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

NEWS = 30.0  # seconds for which a page shows a sentence, and for which it is not said again


class Notices:
    """The newest twenty: Unix time, sentence."""

    def __init__(self) -> None:
        self._said: deque[tuple[float, str]] = deque(maxlen=20)

    def __iter__(self) -> Iterator[tuple[float, str]]:
        return iter(list(self._said))

    def say(self, sentence: str) -> None:
        if not any(said == sentence and time.time() - when < NEWS for when, said in self):
            self._said.append((time.time(), sentence))

    def guarded(self, duty: Callable[..., object], *what: Any) -> None:
        """Does it; an error, whichever it is, is said and nothing more: other duties go on."""
        try:
            duty(*what)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            why = "the disk is full" if full else f"{error.strerror or error}, {error.filename}"
            self.say(f"The folder of runs cannot be written to ({why}). What waits goes on when that has changed.")
        except Exception as error:
            traceback.print_exc()
            self.say(f"Something went wrong behind the scenes: {type(error).__name__}: {error}")
