"""Units that numbers wear."""

from typing import NewType

TokenUnits = NewType("TokenUnits", int)
"""Base units of a payment token (10**-6 of a coin for the test token)."""

RhoMicro = NewType("RhoMicro", int)
"""Zero-concentrated privacy loss in millionths of rho, always rounded up."""
