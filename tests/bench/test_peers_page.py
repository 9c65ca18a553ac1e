from bench.peers import page

FIGURES = {
    f"{key}.{world}.{size}.{what}_{figure}": value
    for key in page.NAMES
    for world in page.WORLDS
    for size in page.SIZES
    for what in ("mean", "soh")
    for figure, value in (("told", 1.0), ("median", 0.0123), ("p90", 0.25))
}
TIMES = {"ours.asked.rows": 10_000_000, "ours.asked.seconds": 0.5, "ours.asked.over_raw": 0.25}


def test_every_peer_has_a_row_in_every_table_and_those_that_were_timed_a_time():
    text = page.tables({**FIGURES, **TIMES})

    assert text.count("| PyDP, best shape | 1.2% \\| 25% | 1.2% \\| 25% | 1.2% \\| 25% |") == 2
    assert "| ours | 10,000,000 | 0.5 | 0.25 |" in text
    assert text.count("| OpenDP Polars, as asked |") == 4


def test_what_is_told_in_part_says_so_and_is_set_against_the_same_groups_of_others():
    begin = "kind.1k."
    partly = {
        f"ours.asked.{begin}mean_told": 0.6,
        f"py_dp.best.{begin}where_ours.mean_median": 0.02,
        f"pipeline_dp.best.{begin}mean_told": 0.0,
    }

    text = page.tables({**FIGURES, **partly})

    assert "1.2% \\| 25%; 60% told" in text
    assert "1.2% \\| 25% (2%)" in text
    assert "none told" in text
