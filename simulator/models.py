"""Cars on sale that a simulated fleet drives, with public figures and how common they are."""

from dataclasses import dataclass

ELECTRIC = "bev"
PLUG_IN_HYBRID = "phev"

NMC, LFP = "nmc", "lfp"


@dataclass(frozen=True)
class CarModel:
    """A model of car.

    chemistry: of the cells. battery_wh: usable when new. pack_v: nominal. mass_kg: kerb mass.
    drag_area_m2: drag coefficient times frontal area. ac_w, dc_w: the most the car takes from an
    alternating and a direct current charger (0: no such port). top_kmh: the most
    it drives. since: the first year. share: of the fleet, not to scale.
    """

    brand: str
    name: str
    powertrain: str
    chemistry: str
    battery_wh: int
    pack_v: int
    mass_kg: int
    drag_area_m2: float
    ac_w: int
    dc_w: int
    top_kmh: int
    since: int
    share: int

    @property
    def has_engine(self) -> bool:
        """Whether an engine drives on when the battery is empty."""
        return self.powertrain == PLUG_IN_HYBRID


ROLLING_RESISTANCE = 0.009
"""Low rolling resistance tyres: classes A and B of Regulation (EU) 2020/740 are below 7.8 N/kN as
measured on a drum; a real road adds about a seventh."""

# Rounded by hand from the makers' public data sheets of about 2018 to 2025; frontal areas are
# width times height times 0.84. Shares are ours, so that models differ in how rare they are.
# fmt: off
CAR_MODELS = (
    CarModel("BYD", "Seagull", ELECTRIC, LFP,
             38_000, 320, 1_240, 0.66, 7_000, 40_000, 130, 2023, 16),
    CarModel("BYD", "Dolphin", ELECTRIC, LFP,
             44_900, 390, 1_405, 0.70, 7_000, 60_000, 150, 2021, 13),
    CarModel("Tesla", "Model 3", ELECTRIC, LFP,
             57_500, 345, 1_760, 0.51, 11_000, 170_000, 200, 2018, 12),
    CarModel("Tesla", "Model Y", ELECTRIC, NMC,
             75_000, 355, 1_980, 0.61, 11_000, 250_000, 200, 2020, 14),
    CarModel("Wuling", "Hongguang MINI EV", ELECTRIC, LFP,
             17_300, 115, 700, 0.66, 3_300, 0, 100, 2020, 12),
    CarModel("Volkswagen", "ID.3", ELECTRIC, NMC,
             58_000, 355, 1_805, 0.63, 11_000, 120_000, 160, 2020, 8),
    CarModel("Nissan", "LEAF", ELECTRIC, NMC,
             39_000, 350, 1_580, 0.64, 6_600, 46_000, 144, 2018, 7),
    CarModel("Renault", "ZOE", ELECTRIC, NMC,
             52_000, 355, 1_500, 0.73, 22_000, 46_000, 140, 2019, 5),
    CarModel("BYD", "Song Plus DM-i", PLUG_IN_HYBRID, LFP,
             18_300, 330, 1_790, 0.77, 6_600, 0, 170, 2021, 9),
    CarModel("Mitsubishi", "Outlander PHEV", PLUG_IN_HYBRID, NMC,
             13_800, 300, 1_890, 0.86, 3_700, 0, 170, 2018, 4),
)
# fmt: on
