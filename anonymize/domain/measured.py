"""Noisy cells, read back as numbers of drivers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from anonymize.domain import joint
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
        unit = weight * (1 if part.shape in {"cdf", "lengths"} else RESOLUTION)
        values = np.array(noised.values[place], dtype=np.float64) / unit
        one = Measured(part, values.reshape(part.blocks, part.width), noised.scale / unit)
        yield _apart(one) if part.mixed and part.shape == "value" else one


def _apart(one: Measured) -> Measured:
    """Cells that are no longer mixed, in the range that a single row of a driver may reach."""
    part, reach = one.part, sqrt(one.part.touched)
    values = one.values.reshape(-1, part.mixed) @ joint.unmixing(part.mixed) / reach
    return Measured(replace(part, half=part.half * reach), values.reshape(-1, 1), one.sd / reach)
