"""The end of the demo, on one screen."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table

from demo.journey import Journey

_LOW, _HIGH = "_low", "_high"


def columns_of(journey: Journey) -> list[dict[str, Any]]:
    """Return, per released number, its unit and the median half-width of its 95% interval."""
    table = journey.sold[0].table
    if table is None:
        return []
    frame = table.to_polars()
    units = {column["name"]: column["unit"] for column in table.describe()}
    found = []
    for name in frame.columns:
        if {name + _LOW, name + _HIGH} <= set(frame.columns):
            half = ((frame[name + _HIGH] - frame[name + _LOW]) / 2).median()
            found.append({"name": name, "unit": units.get(name, ""), "half_width": _text(half)})
    return found


def show(console: Console, told: Mapping[str, Any]) -> None:
    """Print what happened, what it cost, and how to go on."""
    if told["is_simulated"]:
        console.print("\n[bold]SIMULATED FLEET[/bold]: these drivers and vehicles do not exist.")
    console.print(_counts(told))
    console.print(_money(told))
    console.print(_releases(told))
    if told["columns"]:
        console.print(_columns(told))
    _show_nodes(console, told)
    _show_doors(console, told)


def _counts(told: Mapping[str, Any]) -> Table:
    table = Table(title="What happened", show_header=False, title_justify="left")
    consents, pins, gone = told["consents"], told["pins"], told["erasure"]
    where = "still on the IPFS node" if gone["is_on_the_node"] else "gone from the IPFS node"
    codes = told["uploads"]["quality_codes"]
    rows = {
        "Drivers enrolled": told["drivers"]["enrolled"],
        "Uploads pinned": f"{pins['of_this_demo']} of {pins['wanted']}, asked of the IPFS node",
        "Consents on the chain": f"{consents['granted']} granted, {consents['revoked']} revoked",
        "Declined": consents["declined"],
        "Files with odd rows": ", ".join(f"{n} {code}" for code, n in codes.items()) or "none",
        "Licenses sold": told["purchases"],
        "Claims paid": told["claims"],
        "Erased": f"{gone['uploads']} upload, {where}, told to block {gone['tombstone_block']}",
        "Above the privacy cap": told["dataset"]["over_the_cap"],
        "Time": f"{told['seconds']['total']:.0f} s",
    }
    for name, value in rows.items():
        table.add_row(name, str(value))
    return table


def _money(told: Mapping[str, Any]) -> Table:
    table = Table(title="Every unit, from the chain", title_justify="left")
    token = told["chain"]["token"]
    for name in ("Release", "Price", "= fee", "+ pool", "pool = claimed", "+ claimable"):
        table.add_column(name, justify="left" if name == "Release" else "right")
    for book in told["money"]:
        amounts = ("price", "fee", "pool", "claimed", "claimable")
        cells = [_coins(book[f"{amount}_units"], token) for amount in amounts]
        table.add_row(book["release_id"][:8], *cells)
    return table


def _releases(told: Mapping[str, Any]) -> Table:
    table = Table(title="Releases", title_justify="left")
    for name in ("Release", "rho", "epsilon at delta", "Cohort (noised)", "Contributors", "Block"):
        table.add_column(name)
    for release in told["releases"]:
        rho = Decimal(release["rho_micro"]).scaleb(-6).normalize()
        table.add_row(
            release["id"][:8],
            f"{rho:f}",
            f"{release['epsilon']} at {float(release['delta']):g}",
            str(release["cohort_noised"]),
            str(release["contributors"]),
            str(release["consent_block"]),
        )
    return table


def _columns(told: Mapping[str, Any]) -> Table:
    table = Table(title="Error of the released columns (first release)", title_justify="left")
    for name in ("Column", "95% interval, median", "Unit"):
        table.add_column(name)
    for column in told["columns"]:
        table.add_row(column["name"], f"± {column['half_width']}", column["unit"])
    return table


def _show_nodes(console: Console, told: Mapping[str, Any]) -> None:
    named = "   ".join(f"{one['name']}: {one['kind']} {one['version']}" for one in told["nodes"])
    console.print(f"\nNodes   {named}", markup=False)


def _show_doors(console: Console, told: Mapping[str, Any]) -> None:
    sign_in = told["sign_in"]
    console.print(f"Portal  {told['portal_url']}", markup=False)
    console.print(
        f"Sign in as driver {sign_in['driver']} or developer {sign_in['developer']} "
        f"(passphrase and password: {sign_in['file']}),\n"
        "        or as admin (password: keys/admin_password beside it).",
        markup=False,
    )


def _coins(units: str, token: Mapping[str, Any]) -> str:
    places = int(token["decimals"])
    return f"{Decimal(units).scaleb(-places):,.{places}f}"


def _text(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float | int) else "-"
