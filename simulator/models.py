"""Cars on sale that a simulated fleet drives, with public figures and how common they are."""

from dataclasses import dataclass

ELECTRIC = "bev"
PLUG_IN_HYBRID = "phev"


@dataclass(frozen=True)
class CarModel:
    """A model: usable battery in Wh, consumption in Wh per km, onboard charger in W, fleet weight.

    Battery, consumption and charger are rounded from makers' data sheets; the weight is our own.
    """

    brand: str
    name: str
    powertrain: str
    battery_wh: int
    wh_per_km: int
    charger_w: int
    weight: int


CAR_MODELS = (
    CarModel("BYD", "Seagull", ELECTRIC, 38_000, 130, 7_000, 16),
    CarModel("BYD", "Dolphin", ELECTRIC, 44_900, 145, 7_000, 13),
    CarModel("Tesla", "Model 3", ELECTRIC, 57_500, 140, 11_000, 12),
    CarModel("Tesla", "Model Y", ELECTRIC, 75_000, 160, 11_000, 14),
    CarModel("Wuling", "Hongguang MINI EV", ELECTRIC, 17_300, 95, 3_300, 12),
    CarModel("Volkswagen", "ID.3", ELECTRIC, 58_000, 155, 11_000, 8),
    CarModel("Nissan", "LEAF", ELECTRIC, 39_000, 165, 6_600, 7),
    CarModel("Renault", "ZOE", ELECTRIC, 52_000, 160, 22_000, 5),
    CarModel("BYD", "Song Plus DM-i", PLUG_IN_HYBRID, 18_300, 180, 6_600, 9),
    CarModel("Mitsubishi", "Outlander PHEV", PLUG_IN_HYBRID, 13_800, 205, 3_700, 4),
)
