"""Our own session table: columns named by VSS paths, units as VSS has them."""

from anonymize.formats.moments import Form
from anonymize.formats.session_tables import SessionTable

_BATTERY = "Vehicle.Powertrain.TractionBattery"

BRAND = "Vehicle.VehicleIdentification.Brand"
MODEL = "Vehicle.VehicleIdentification.Model"
TRAVELED = "Vehicle.TraveledDistance"
SOC = f"{_BATTERY}.StateOfCharge.Displayed"
# VSS has no branch for a single charging session; these five are an overlay.
START = f"{_BATTERY}.Charging.Session.Start"
END = f"{_BATTERY}.Charging.Session.End"
ENERGY = f"{_BATTERY}.Charging.Session.Energy"
SITE = f"{_BATTERY}.Charging.Session.Site"
END_SOC = f"{_BATTERY}.Charging.Session.EndStateOfCharge"

COLUMNS = (BRAND, MODEL, TRAVELED, SOC, START, END, ENERGY, SITE, END_SOC)
"""Distance in m and states of charge in percent; start and end local; energy in kWh."""

VSS_CHARGING = SessionTable(
    name="vss_charging",
    start=(START,),
    end=(END,),
    form=Form.YEAR_FIRST,
    energy=ENERGY,
    model=(BRAND, MODEL),
    site=SITE,
    start_soc=SOC,
    end_soc=END_SOC,
)
