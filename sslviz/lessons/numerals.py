"""Large numbers as the lecture writes them."""


def short(value: float) -> str:
    """7,000,000 -> 7 M; three digits that count."""
    for size, unit in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= 0.9995 * size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"
