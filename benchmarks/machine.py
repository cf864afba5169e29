"""Where was this measured, and with what? One line that stands beside every recorded number."""

import os
import platform
from importlib.metadata import version
from pathlib import Path


def cpu() -> str:
    """The processor's own name for itself."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine(*packages: str) -> str:
    """`Intel …, 2 cores, Python 3.11.2, torch 2.15.0, …`"""
    versions = [f"{package} {version(package)}" for package in packages]
    return ", ".join([cpu(), f"{cores()} cores", f"Python {platform.python_version()}", *versions])
