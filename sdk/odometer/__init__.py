"""Odometer: buy privacy-preserving vehicle data, or stand on the drivers' side, from Python."""

from odometer.admin import Admin
from odometer.amounts import Token
from odometer.buying import License, PurchaseFailed, Quote, Release, TooExpensive
from odometer.campaigns import Campaign, DataRequest, FundingFailed
from odometer.chain import Chain
from odometer.client import Client
from odometer.driver import Driver, Vehicle
from odometer.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    OdometerError,
    PaymentRequired,
    Refusal,
    Unavailable,
    Untrusted,
)
from odometer.http import Patience, Session
from odometer.products import Product
from odometer.rpc import Rpc
from odometer.standard_products import StandardProduct
from odometer.table import Table
from odometer.waiting import NotInTime
from odometer.wallet import NoTestMoney, Wallet

__all__ = [
    "Admin",
    "Campaign",
    "Chain",
    "Client",
    "Conflict",
    "DataRequest",
    "Driver",
    "FundingFailed",
    "InvalidInput",
    "License",
    "NoTestMoney",
    "NotAllowed",
    "NotFound",
    "NotInTime",
    "OdometerError",
    "Patience",
    "PaymentRequired",
    "Product",
    "PurchaseFailed",
    "Quote",
    "Refusal",
    "Release",
    "Rpc",
    "Session",
    "StandardProduct",
    "Table",
    "Token",
    "TooExpensive",
    "Unavailable",
    "Untrusted",
    "Vehicle",
    "Wallet",
]
