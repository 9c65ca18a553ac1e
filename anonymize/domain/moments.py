"""A variance from noisy sums of x, of 2x^2 - 1 and of ones, and how well one fits them."""

from dataclasses import dataclass

import numpy as np

from anonymize.domain.prefix import Floats

_LEAST = 1e-12


@dataclass(frozen=True)
class Drawn:
    """Noisy sums of x (first) and of 2x^2 - 1 (second), and a count, one entry per group."""

    first: Floats
    second: Floats
    count: Floats
    first_sd: float
    second_sd: float
    count_sd: float

    def variance(self) -> tuple[Floats, Floats]:
        """Return each variance, by the slopes of its formula, and its noise; it may be below 0."""
        below = np.maximum(self.count**2 - self.count_sd**2, _LEAST)
        found = self._gap(np.zeros((len(self.count), 1)))[:, 0] / below
        spread = self._spread(found[:, None], self.first[:, None], self.second[:, None], self._n)
        return found, np.sqrt(spread)[:, 0] / below

    def surplus(self, tried: Floats) -> tuple[Floats, Floats]:
        """Return how far each group is above each variance tried, and the noise there.

        For the true variance v, n (s + n)/2 - f^2 - v n^2 with what noise adds to its squares taken
        off has mean zero. Its slopes are taken at the sums that fit v best, near those drawn: at
        the drawn ones themselves a gap that is small by its noise would seem to be noisy.
        """
        gap = self._gap(tried)
        n, f, s = self._n, self.first[:, None], self.second[:, None]
        spread = self._spread(tried, f, s, n)
        part = gap / spread
        by_n, by_s, by_f = self._slopes(tried, f, s, n)
        sd = np.sqrt(
            self._spread(
                tried,
                f - part * by_f * self.first_sd**2,
                s - part * by_s * self.second_sd**2,
                n - part * by_n * self.count_sd**2,
            )
        )
        return gap / sd, sd / np.maximum(n**2 - self.count_sd**2, _LEAST)

    @property
    def _n(self) -> Floats:
        return self.count[:, None]

    def _gap(self, tried: Floats) -> Floats:
        n, f, s = self._n, self.first[:, None], self.second[:, None]
        squares = n * (s + n) / 2 - f**2 - tried * n**2
        return squares + self.first_sd**2 - (0.5 - tried) * self.count_sd**2

    def _slopes(
        self, tried: Floats, f: Floats, s: Floats, n: Floats
    ) -> tuple[Floats, Floats, Floats]:
        return s / 2 + n * (1 - 2 * tried), n / 2, -2 * f

    def _spread(self, tried: Floats, f: Floats, s: Floats, n: Floats) -> Floats:
        """Return the variance of the gap: from its slopes, and from its squares."""
        by_n, by_s, by_f = self._slopes(tried, f, s, n)
        slopes = (by_n * self.count_sd) ** 2 + (by_s * self.second_sd) ** 2
        slopes = slopes + (by_f * self.first_sd) ** 2
        squares = 2 * self.first_sd**4 + 2 * ((0.5 - tried) * self.count_sd**2) ** 2
        found: Floats = slopes + squares + (self.second_sd * self.count_sd) ** 2 / 4
        return found
