"""Tiny files in the forms drivers really have; every value is made up."""

import json
from collections.abc import Sequence

BATTERY = "Vehicle.Powertrain.TractionBattery"
MARKER = "MARKER7731"
"""Stands where personal values stand: it may never come back in anything that is told."""


def csv(header: str, rows: Sequence[str], end: str = "\n") -> bytes:
    return end.join([header, *rows, ""]).encode()


def vss_drive(seconds: int = 120, *, soc_step: float = 0.02, power_w: int = -5_000) -> bytes:
    header = (
        f"Timestamp,Vehicle.Speed,{BATTERY}.StateOfCharge.Current,{BATTERY}.CurrentPower,"
        f"{BATTERY}.StateOfHealth,Vehicle.TraveledDistance,Vehicle.Exterior.AirTemperature"
    )
    rows = [
        f"2026-10-02T{21 + n // 3600}:{n // 60 % 60:02}:{n % 60:02}+08:00,36.0,"
        f"{80 - n * soc_step:.2f},{power_w},94.5,{1_000_000 + 10 * n},12.5"
        for n in range(seconds)
    ]
    return csv(header, rows)


def json_lines(table: bytes, **more: str) -> bytes:
    header, *rows = table.decode().splitlines()
    names = header.split(",")
    objects = [dict(zip(names, row.split(","), strict=True)) | more for row in rows]
    return "\n".join(json.dumps(one) for one in objects).encode()


WIDE_HEADER = (
    "time,Ambient temperature (℃),Battery DC Capacity (kWh),Battery DC Current (A),"
    "Battery DC Max Voltage (V),Battery DC Min Voltage (V),Battery DC Voltage (V),"
    "DC Battery Temperature (℃),HV EV Battery Power (kW),OBD Module Voltage (V),"
    "State of charge (%),State of health (%),Vehicle speed (km/h),"
)


def car_scanner_wide(seconds: int = 60, *, start: int = 23 * 3600 + 59 * 60 + 30) -> bytes:
    rows = []
    for n in range(seconds):
        at = (start + n) % 86_400
        clock = f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}.250"
        told = f"{clock},21,40.5,20,4.1,3.7,390,25,7.8,13.1,80,95,,"
        rows.append(told if n % 2 == 0 else f"{clock},,,,,,,,,,,,54,")
    return csv(WIDE_HEADER, rows)


def car_scanner_long(seconds: int = 60) -> bytes:
    header = '"SECONDS";"PID";"VALUE";"UNITS";"LATITUDE";"LONGTITUDE";'
    values = [
        ("Vehicle speed", "36", "km/h"),
        ("State of charge (%)", "80,5", "%"),
        ("Battery current", "20", "A"),
        ("Fuel trim", "3", "%"),
    ]
    rows = [
        f'"{30_000 + n}";"{name}";"{value}";"{unit}";"{MARKER}";"{MARKER}";'
        for n in range(seconds)
        for name, value, unit in values
    ]
    return csv(header, rows)


def ved(seconds: int = 400, *, vehicles: int = 1) -> bytes:
    header = (
        "DayNum,VehId,Trip,Timestamp(ms),Latitude[deg],Longitude[deg],Vehicle Speed[km/h],"
        "OAT[DegC],HV Battery Current[A],HV Battery SOC[%],HV Battery Voltage[V]"
    )
    rows = [
        f"5.5,{8 + n % vehicles},{1 + n // 200},{n * 1000},{MARKER},{MARKER},50,NaN,20,"
        f"{80 - n / 10:.1f},350"
        for n in range(seconds)
    ]
    return csv(header, rows)


def owner_log(encoding: str = "utf-8") -> bytes:
    header = (
        "fuel_date;odometer;trip_distance(km);quantity(kWh);tire_type;"
        "consumption(kWh/100km);fuel_note"
    )
    rows = [
        f"01.03.2020;12345;250,5;40,2;Winter;16,0;{MARKER} schön",
        f"32.03.2020;12345;250,5;40,2;Winter;16,0;{MARKER}",
        f"04.03.2020;12500;155,0;;Winter;;{MARKER}",
    ]
    return "\n".join([header, *rows]).encode(encoding)


def obd(rows: int = 60) -> bytes:
    header = "Time,Vehicle Speed (mph),Engine RPM (rpm),Ambient air temperature (°F),Latitude (deg)"
    return csv(header, [f"2024-05-01 10:00:{n:02},30,1000,68,{MARKER}" for n in range(rows)])


def spreadsheet_damage() -> bytes:
    header = "TIME;LATITUDE;LONGITUDE;ENGINE_RPM;SPEED;MAF"
    row = "1,51336E+12;-58.321.307;-34.612.1;800RPM;48km/h;24,77g/s"
    return csv(header, [row] * 5)


TWIZY_HEADER = (
    "Date,Time,Soc,Speed,Mode,LAT,LON,ALT,GpsSpeed,Temperature,Humidity,Weather,WindSpeedAv,"
    "Traffic,SpeedLimit"
)


def twizy(dates: Sequence[str]) -> bytes:
    rows = [
        f"{date},11:13:{n:02},87.5,30.0,D,{MARKER},{MARKER},140,0,20,60,Clouds,2.4,0,25"
        for n, date in enumerate(dates)
    ]
    return csv(TWIZY_HEADER, rows)


def etios(seconds: int = 30) -> bytes:
    header = "ENGINE_RUN_TINE (),ENGINE_RPM (),VEHICLE_SPEED (),THROTTLE ()"
    return csv(header, [f"{n}.0, 900.0, 36.000000, 17.6," for n in range(seconds)])


def kit(clocks: Sequence[str]) -> bytes:
    header = (
        "Time,Vehicle Speed Sensor [km/h],Air Flow Rate from Mass Flow Sensor [g/s],"
        "Ambient Air Temperature [Â°C]"
    )
    return csv(header, [f"{clock},36.0,," for clock in clocks])


def frame(
    second: int,
    *,
    edition: int = 2016,
    owner: bytes = MARKER.encode().ljust(17, b"0"),
    encryption: int = 1,
    soc: int = 80,
) -> bytes:
    """A GB/T 32960 frame of 36 km/h, 390 V and 20 A out of the battery, probes at 25 degC."""
    offset = 10_000 if edition == 2016 else 30_000
    numbers = (360).to_bytes(2, "big") + (123_456).to_bytes(4, "big") + (3_900).to_bytes(2, "big")
    vehicle = b"\1\1\3\1" + numbers + (offset + 200).to_bytes(2, "big") + bytes([soc, 1, 0, 0, 0])
    vehicle += b"\0\0" if edition == 2016 else b""
    place = b"\5" + bytes(9 if edition == 2016 else 10)
    probes = (b"\x09" if edition == 2016 else b"\x08") + b"\1\1\0\2" + bytes([65, 65])
    at = bytes([26, 10, 2, 22, second // 60, second % 60])
    payload = at + place + vehicle + probes + (b"" if edition == 2016 else b"\xff\1")
    body = b"\2\xfe" + owner + bytes([encryption]) + len(payload).to_bytes(2, "big") + payload
    check = 0
    for byte in body:
        check ^= byte
    return (b"##" if edition == 2016 else b"$$") + body + bytes([check])


def frames(seconds: int = 60, *, edition: int = 2016) -> bytes:
    return b"".join(frame(second, edition=edition) for second in range(seconds))
