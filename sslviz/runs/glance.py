"""A glance at a run: each file is read once, when it is first asked for, and the answer stays as it was then."""

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any, TypeVar, cast

Read = TypeVar("Read", bound=Callable[..., Any])


def once(read: Read) -> Read:
    """For the methods of RunFolder that read: a glance keeps what they return."""

    @wraps(read)
    def answer(run: Any, *args: Any, **more: Any) -> Any:
        if run.answers is None:
            return read(run, *args, **more)
        question = read.__name__, args, *more.items()
        if question not in run.answers:
            run.answers[question] = read(run, *args, **more)
        return copy(run.answers[question])  # the caller may change it

    return cast(Read, answer)
