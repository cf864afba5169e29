"""Whose run is it? The process that a run, or a measurement, belongs to, and whether that process is still there.

A number alone does not name a process: numbers are given again, and another computer has its own. So the owner is a
computer, a number and the moment at which the process was started.
"""

import contextlib
import ctypes
import os
import platform
import subprocess
import sys
import zlib
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

STATE, STARTED = 0, 19  # in /proc/PID/stat, behind the name of the program


class Owner(BaseModel):
    """`host`: which computer (in a container: and which container). `started`: as this system writes it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    host: str = ""
    pid: int | None = None
    started: str = ""

    def alive(self) -> bool | None:
        """None if that cannot be known from here: another computer, or an earlier version, which did not say."""
        if self.pid is None or self.host != here():
            return None
        return started(self.pid) == self.started


def me() -> Owner:
    """This process."""
    return _process(os.getpid())


@lru_cache(maxsize=4)  # a fork is another process
def _process(pid: int) -> Owner:
    return Owner(host=here(), pid=pid, started=started(pid) or "")


@lru_cache(maxsize=1)
def here() -> str:
    """This computer's name, and what keeps the processes of two containers of one name apart."""
    space = ""
    with contextlib.suppress(OSError, AttributeError):
        space = os.readlink("/proc/self/ns/pid")  # noqa: PTH115
    return f"{platform.node()} {space}".strip()


def mark() -> str:
    """Eight letters for this computer, fit for the name of a file."""
    return f"{zlib.crc32(here().encode()):08x}"


def started(pid: int) -> str | None:
    """When this process was started; None if there is none of this number (what was ended and waits to be collected by
    its parent is none). The same process gives the same text, another of the same number another one.
    """
    if pid <= 0:
        return None
    if sys.platform == "win32":
        return _on_windows(pid)
    if sys.platform == "linux":
        fields = _fields(pid)
        return None if not fields or fields[STATE] in "ZX" else fields[STARTED]
    shown = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, when = shown.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else when.strip()


def frozen(pid: int) -> bool:
    """True if the process was halted by a signal (SIGSTOP, Ctrl-Z). False where the system does not say."""
    fields = _fields(pid) if sys.platform == "linux" else []
    return bool(fields) and fields[STATE] in "Tt"


def _fields(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _on_windows(pid: int) -> str | None:
    """`os.kill(pid, 0)` would end the process there."""
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return None
    try:
        code, times = ctypes.c_ulong(), [ctypes.c_ulonglong() for _ in range(4)]
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.GetProcessTimes(handle, *map(ctypes.byref, times))
        return str(times[0].value) if code.value == 259 else None  # STILL_ACTIVE
    finally:
        kernel.CloseHandle(handle)
