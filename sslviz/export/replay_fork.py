"""A run that was forked begins with another run's weights and moments: they lie in a file beside this one."""

import json
from pathlib import Path

import torch
from torch import Tensor

from sslviz.methods.method import Method

DTYPES = {  # of numbers, as the file calls them
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F64": torch.float64,
    "I64": torch.int64,
    "I32": torch.int32,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


def go_on_from(path: Path, model: Method, optimizer: torch.optim.Optimizer) -> int:
    """Method and optimiser as they were kept; returns the step that was reached."""
    tensors, about = read_tensors(path)
    model.load_state_dict({k.removeprefix("method."): v for k, v in tensors.items() if k.startswith("method.")})
    parameters = list(model.parameters())
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("optimizer."):
            _, number, name = key.split(".")
            if value.ndim:  # the fused optimiser wants moments laid out in memory like their weights
                value = torch.empty_like(parameters[int(number)]).copy_(value)
            state.setdefault(int(number), {})[name] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    return int(about["step"])


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, int]]:
    """A .safetensors file: eight bytes that say how long the table is, the table (json), the numbers. No code."""
    data = path.read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    table = json.loads(data[8:begin])
    about = json.loads(table.pop("__metadata__")["about"])
    tensors = {}
    for name, entry in table.items():
        start, end = entry["data_offsets"]
        numbers = torch.frombuffer(bytearray(data[begin + start : begin + end]), dtype=DTYPES[entry["dtype"]])
        tensors[name] = numbers.view(entry["shape"])
    return tensors, about
