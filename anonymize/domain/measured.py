"""Noisy cells, read back as numbers of drivers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anonymize.domain.cells import Layout
from anonymize.domain.mechanisms import Noised
from anonymize.domain.parts import Part
from anonymize.domain.prefix import RESOLUTION, Floats


@dataclass(frozen=True)
class Measured:
    """One part's cells, one line per block, in drivers, and the noise's standard deviation.

    Cells of a running total keep the factor's units (prefix.factor): RESOLUTION in one driver.
    """

    part: Part
    values: Floats
    sd: float


def read(noised: Noised, layout: Layout) -> Iterator[Measured]:
    """Yield the parts of a noisy vector."""
    for part, weight, place in layout.places():
        unit = weight * (1 if part.shape == "cdf" else RESOLUTION)
        values = np.array(noised.values[place], dtype=np.float64) / unit
        yield Measured(part, values.reshape(part.blocks, part.width), noised.scale / unit)
