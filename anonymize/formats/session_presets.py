"""The published session tables that are known, each by the columns it declares."""

from anonymize.formats.moments import Form
from anonymize.formats.session_tables import WH, SessionTable

BELIB_PARIS = SessionTable(
    name="belib_paris",
    start=("Date de début",),
    end=("Date de fin",),
    form=Form.MONTH_IN_WORDS,
    energy="L'énergie (Wh)",
    wh=WH,
    site="Station",
    marks=("Borne", "Durée (sec)"),
)
BOULDER_US = SessionTable(
    name="boulder_us",
    start=("Start_Date___Time",),
    end=("End_Date___Time",),
    form=Form.YEAR_FIRST,  # it says +00 and means the local clock
    energy="Energy__kWh_",
    site="Station_Name",
    charging="Charging_Time__hh_mm_ss_",
    marks=("Start_Time_Zone",),
)
DUNDEE_UK = SessionTable(
    name="dundee_uk",
    start=("Start Date", "Start Time"),
    end=("End Date", "End Time"),
    form=Form.DAY_FIRST,
    energy="Total kWh",
    model=("#15",),  # `Model` is the charger's; the car stands in the last column, without a name
    site="Site",
    marks=("Charging event", "#15"),
)
EVWATTS_TX = SessionTable(
    name="evwatts_tx",
    start=("start_datetime",),
    end=("stop_datetime",),
    form=Form.YEAR_FIRST,
    energy=None,
    marks=("vehicle_id",),
)
NORWAY_RESIDENTIAL = SessionTable(
    name="norway_residential",
    start=("plugin_time",),
    end=("plugout_time",),
    form=Form.YEAR_FIRST,
    energy="energy_session",
    site="location",
    marks=("location",),
)
SAP_LABS_FR = SessionTable(
    name="sap_labs_fr",
    start=("Date demarrage",),
    end=("Date fin",),
    form=Form.YEAR_FIRST,
    energy="Consommation totale (Wh)",
    wh=WH,
    site="Type Lieu de charge",
    start_soc="Charge batterie demarrage (%)",
    end_soc="Charge batterie fin (%)",
    zero_soc_is_unknown=True,
    idle_s="Duree inactivite totale (s)",
)
WORKPLACE_US = SessionTable(
    name="workplace_us",
    start=("created",),
    end=("ended",),
    form=Form.CENTURY_LOST,
    energy="kwhTotal",
    site="locationId",
    marks=("chargeTimeHrs",),
)


PRESETS = (
    BELIB_PARIS,
    BOULDER_US,
    DUNDEE_UK,
    EVWATTS_TX,
    NORWAY_RESIDENTIAL,
    SAP_LABS_FR,
    WORKPLACE_US,
)
