"""The command line writes files that the importers read, and that say they are simulated."""

import csv
from typing import Any

import polars as pl
import pytest

from anonymize.formats.reading import read
from simulator.__main__ import main
from simulator.fleet import days_of

EVERYTHING = ["--format", "sessions", "telemetry-csv", "telemetry-parquet", "car-scanner"]
FORMATS = {
    "sessions": "vss_charging",
    "telemetry-csv": "vss_driving",
    "telemetry-parquet": "vss_driving",
    "car-scanner": "car_scanner_wide",
}
SOUND = ["--faulty", "0", "--workers", "1", "--seed", "5"]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    out = tmp_path_factory.mktemp("fleet")
    assert main(["--vehicles", "4", "--days", "6", *SOUND, *EVERYTHING, "--out", str(out)]) == 0
    return out


def files_of(out, kind):
    return sorted(path for path in (out / kind).rglob("*") if path.is_file())


def truths_of(out):
    with (out / "vehicles.csv").open(encoding="utf-8") as file:
        assert "SIMULATED" in next(file)
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", FORMATS)
def test_every_file_is_read_back_and_known_to_be_simulated(out, kind):
    files = files_of(out, kind)
    assert files
    for path in files:
        report = read(path.read_bytes(), name=path.name).report
        assert report.format == FORMATS[kind]
        assert report.is_simulated
        assert "simulated" in path.name


def test_telemetry_in_every_form_tells_the_same_trips(out):
    for number in range(4):
        drives = days_of(5, number, days=6).drives
        name = f"simulated_{number:06}"
        tables = [
            read((out / kind / "000" / f"{name}{ending}").read_bytes()).frame
            for kind, ending in (("telemetry-csv", ".csv"), ("telemetry-parquet", ".parquet"))
        ]
        assert tables[0].height == tables[1].height == len(drives)
        for column, values in tables[0].select(pl.col(pl.Int64)).to_dict(as_series=False).items():
            assert tables[1][column].to_list() == pytest.approx(values, abs=1)  # halves round apart
        driven = [drive.speed_mps.sum() for drive in drives]
        assert tables[0]["distance_m"].to_list() == pytest.approx(driven, rel=0.01, abs=5)
        drawn = [drive.flow.power_w.sum() / 3600 for drive in drives]
        assert tables[0]["energy_wh"].to_list() == pytest.approx(drawn, rel=0.01, abs=5)


def test_the_app_tells_the_same_distances_with_its_own_signs(out):
    folder = min((out / "car-scanner" / "000").iterdir())
    drives = days_of(5, 0, days=6).drives
    paths = sorted(folder.iterdir())
    assert len(paths) == len(drives)
    for path, drive in zip(paths, drives, strict=True):
        frame = read(path.read_bytes(), name=path.name).frame
        assert frame["distance_m"].sum() == pytest.approx(drive.speed_mps.sum(), rel=0.03, abs=30)
        wh = drive.flow.power_w.sum() / 3600
        assert frame["energy_wh"].sum() == pytest.approx(wh, rel=0.15, abs=60)


def test_the_truth_tells_rows_and_wear(out):
    truths = truths_of(out)
    assert [truth["number"] for truth in truths] == ["0", "1", "2", "3"]
    for truth in truths:
        assert 0.5 < float(truth["soh_last"]) < float(truth["soh_first"]) <= 1
        assert int(truth["rows"]) > 0


def test_a_vehicle_is_the_same_in_any_fleet_and_with_any_number_of_workers(out, tmp_path):
    kinds = ["--format", "sessions", "telemetry-csv", "--vehicles", "2", "--first", "2"]
    workers = ["--faulty", "0", "--seed", "5", "--days", "6", "--workers", "2"]
    assert main([*kinds, *workers, "--out", str(tmp_path)]) == 0
    for path in (path for path in tmp_path.rglob("simulated_*") if path.is_file()):
        assert path.read_bytes() == (out / path.relative_to(tmp_path)).read_bytes()


def test_progress_is_told(tmp_path, capsys):
    main(["--vehicles", "1", "--days", "1", *SOUND, "--out", str(tmp_path)])
    assert "SIMULATED: 1 of 1 vehicles" in capsys.readouterr().err


def test_faulty_telemetry_is_read_with_its_faults_named(tmp_path):
    asked = ["--vehicles", "30", "--days", "5", "--faulty", "1", "--every", "5", "--workers", "1"]
    main([*asked, "--format", "telemetry-parquet", "--seed", "5", "--out", str(tmp_path)])
    found: dict[str, list[Any]] = {}
    for truth in truths_of(tmp_path):
        path = (
            tmp_path / "telemetry-parquet" / "000" / f"simulated_{int(truth['number']):06}.parquet"
        )
        if path.exists():
            found.setdefault(truth["fault"], []).append(read(path.read_bytes()))
    assert all("impossible_date" in one.report.refused for one in found["impossible_dates"])
    turned = pl.concat([one.frame for one in found["swapped_signs"]], how="vertical_relaxed")
    assert turned["energy_wh_per_km"].median() > 0


@pytest.mark.parametrize(
    "wrong",
    [["--vehicles", "0"], ["--vehicles", "100001"], ["--faulty", "2"], ["--start", "tomorrow"]],
)
def test_what_cannot_be_written_is_refused(tmp_path, wrong):
    with pytest.raises(SystemExit):
        main([*wrong, "--out", str(tmp_path)])


def test_unknown_cycles_are_refused(tmp_path, capsys):
    assert main(["--cycles", str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "no speed cycle" in capsys.readouterr().err
