"""What papers and the lecture report for the same questions: none of these numbers is ours or drawn with ours."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reported:
    """Rows: setting -> percent (or several), as `columns` call them; `where` they were measured."""

    source: str
    where: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        head = [self.source, *self.columns]
        rule = ["---", *["---:"] * len(self.columns)]
        return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *self.rows])


REPORTED = {
    "pairs": Reported(
        "The lecture's numbers",
        "ImageNet, linear probe, top-1 (the pattern of SimCLR, Fig. 5): another data set, network and budget",
        ("%",),
        (("crop", "40"), ("colour", "28"), ("crop + colour", "56"), ("crop + colour + blur", "64")),
    ),
    "temperature": Reported(
        "SimCLR, Table 5",
        "ImageNet, linear probe, top-1: another data set, network and budget",
        ("%",),
        (("τ 0.05", "59.7"), ("τ 0.1", "64.4"), ("τ 0.5", "60.7"), ("τ 1", "58.0")),
    ),
    "hue": Reported(
        "SimCLR, colour strength",
        "ImageNet, top-1 of SimCLR and of a supervised network: colour jitter helps the one and hurts the other",
        ("SimCLR, %", "supervised, %"),
        (("1/8", "59.6", "77.0"), ("1/4", "61.0", "76.7"), ("1/2", "62.6", "76.5"), ("1", "63.2", "75.7")),
    ),
    "masking": Reported(
        "MAE, ViT-L",
        "ImageNet, top-1: another data set, network and budget",
        ("fine-tuned, %", "linear, %"),
        (
            ("random 75 %", "84.9", "73.5"),
            ("block 50 %", "83.9", "72.3"),
            ("block 75 %", "82.8", "63.9"),
            ("grid 75 %", "84.0", "66.0"),
        ),
    ),
    "momentum": Reported(
        "BYOL, Table 5a",
        "ImageNet, linear probe, top-1: another data set, network and budget",
        ("%",),
        (("m = 1", "18.8"), ("m = 0.999", "69.8"), ("m = 0.99", "72.5"), ("m = 0.9", "68.4"), ("m = 0", "0.3")),
    ),
    "switches": Reported(
        "BYOL, Table 5b",
        "ImageNet, linear probe, top-1: another data set, network and budget",
        ("%",),
        (
            ("predictor and target", "72.5"),
            ("predictor only", "0.3"),
            ("target only", "0.2"),
            ("neither", "0.1"),
        ),
    ),
}
