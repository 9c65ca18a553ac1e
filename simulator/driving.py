"""A vehicle's days, one after the other: ways that empty the battery, stops that fill it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

import numpy as np

from simulator import battery, charging, climates, traction, trips
from simulator.battery import Flow
from simulator.charging import Session, Stop
from simulator.habits import Vehicle
from simulator.numbers import Floats
from simulator.trips import Leg

HYBRID_FLOOR = 0.18
"""A plug-in hybrid's engine takes over at this charge."""

_RESERVE = 0.09
_FULL = 0.97
_BREAK = timedelta(minutes=11)
_GIVES_UP_AFTER = timedelta(hours=5)
_LAST_STOP_S = 12 * 3600.0


@dataclass(frozen=True)
class Drive:
    """One way, second by second: what was asked, what flowed.

    from_m, from_c: odometer and battery temperature before. engine_w: what an engine gave instead
    of the battery. auxiliary_w: what cabin and electronics drew from the battery.
    """

    vehicle: Vehicle
    at: datetime
    speed_mps: Floats
    auxiliary_w: Floats
    engine_w: Floats
    flow: Flow
    from_m: float
    from_c: float
    air_c: float
    soh: float

    def odometer_m(self) -> Floats:
        """Return the odometer after each second."""
        return self.from_m + np.cumsum(self.speed_mps)

    def battery_c(self) -> Floats:
        """Return the battery's temperature after each second."""
        return battery.warmth(self.vehicle.pack, self.flow.loss_w, self.from_c, self.air_c)

    def traction_w(self) -> Floats:
        """Return what driving drew from the battery; negative where braking gave back."""
        return self.flow.power_w - self.auxiliary_w


class Life:
    """A vehicle under way. It remembers charge, warmth, distance and wear."""

    def __init__(self, vehicle: Vehicle, cycles: str, rng: np.random.Generator) -> None:
        self.vehicle, self._cycles, self._rng = vehicle, cycles, rng
        self.soc = float(rng.uniform(0.4, 0.9))
        self.cycles_done = vehicle.cycles_before
        self._odometer_m = float(vehicle.odometer_m)
        self._battery_c = vehicle.climate.mean_c
        self.now = vehicle.first_at
        self._free_at = vehicle.first_at

    def soh(self, at: datetime) -> float:
        """Return the state of health."""
        return self.vehicle.ageing.soh(self.vehicle.years(at), self.cycles_done)

    def days(self, first_day: datetime, days: int) -> Iterator[Drive | Session]:
        """Yield what begins on these days, in order; `now` is set to the end of them."""
        self.now = first_day + timedelta(days=days)
        return takewhile(lambda event: event.at < self.now, self._events(first_day, days))

    def _events(self, first_day: datetime, days: int) -> Iterator[Drive | Session]:
        planned = trips.legs(self.vehicle, first_day, days, self._rng)
        weather = climates.weather_k(days + 2, self._rng)  # a night shift ends tomorrow
        for leg, after in zip(planned, [*planned[1:], None], strict=False):
            at = max(leg.at, self._free_at)
            speeds = trips.speeds(leg, self.vehicle, self._cycles, self._rng)
            if at - leg.at > _GIVES_UP_AFTER:
                continue
            weather_k = float(weather[(leg.at - first_day).days])
            air_c = self.vehicle.climate.air_c(at, weather_k)
            wanted = traction.traction_w(speeds, self.vehicle.model, air_c)
            yield from self._leg(leg, at, speeds, wanted, air_c)
            yield from self._stop(leg, after)

    def _leg(
        self, leg: Leg, at: datetime, speeds: Floats, wanted: Floats, air_c: float
    ) -> Iterator[Drive | Session]:
        """Drive, after a fast charge where the way needs it; stay where no charge is enough."""
        model = self.vehicle.model
        auxiliary_w = traction.auxiliary_w(model, air_c, self.vehicle.habit.comfort)
        ends_at = self.soc - float(self._needed(at, wanted + auxiliary_w)[-1])
        if ends_at < _RESERVE and not model.has_engine:
            session = self._on_the_way(at, self.soc - ends_at + 2 * _RESERVE)
            if session is None:
                self._free_at = max(self._free_at, leg.at)
                return
            yield session
            at = self._free_at
        yield self._driven(at, speeds, wanted, auxiliary_w, air_c)

    def _needed(self, at: datetime, power_w: Floats) -> Floats:
        """Return about how much charge is gone after each second, with heat at an even voltage."""
        pack, soh = self.vehicle.pack, self.soh(at)
        heat_per_w = pack.ohm_at(self._battery_c, soh) / (pack.wh / pack.capacity_ah) ** 2
        return np.cumsum(power_w + heat_per_w * power_w * power_w) / (3600 * self._full_wh(at))

    def _on_the_way(self, at: datetime, needed: float) -> Session | None:
        if needed > 1:
            return None
        session = charging.fast(self._standing(at, 0), self.vehicle, max(needed, 0.8), self._rng)
        if session is not None and session.end is not None:
            self._fill(session)
            self._free_at = session.end + _BREAK
        return session

    def _driven(
        self, at: datetime, speeds: Floats, wanted: Floats, auxiliary_w: float, air_c: float
    ) -> Drive:
        pack, soh = self.vehicle.pack, self.soh(at)
        rest_s = max((at - self._free_at).total_seconds(), 0)
        self._battery_c = battery.cooled(self._battery_c, air_c, rest_s)
        drawn, auxiliary, engine_w = self._shared_out(at, wanted, auxiliary_w)
        ohm = pack.ohm_at(self._battery_c, soh)
        flow = battery.flow(pack, drawn + auxiliary, self.soc, soh, ohm)
        drive = Drive(
            vehicle=self.vehicle,
            at=at,
            speed_mps=speeds,
            auxiliary_w=auxiliary,
            engine_w=engine_w,
            flow=flow,
            from_m=self._odometer_m,
            from_c=self._battery_c,
            air_c=air_c,
            soh=soh,
        )
        self._arrive(drive)
        return drive

    def _shared_out(
        self, at: datetime, wanted: Floats, auxiliary_w: float
    ) -> tuple[Floats, Floats, Floats]:
        """Return what traction and auxiliaries draw from the battery, and what an engine gives.

        A nearly full battery takes nothing back. An empty one of a hybrid rests: the engine drives.
        """
        auxiliary = np.full(len(wanted), auxiliary_w)
        engine_w = np.zeros(len(wanted))
        if self.soc > _FULL:
            wanted = np.maximum(wanted, 0)
        if not self.vehicle.model.has_engine:
            return wanted, auxiliary, engine_w
        is_empty = self._needed(at, wanted + auxiliary) > self.soc - HYBRID_FLOOR
        first = int(is_empty.argmax()) if is_empty.any() else len(wanted)
        engine_w[first:] = np.maximum(wanted[first:], 0) + auxiliary_w
        auxiliary[first:] = 0
        return np.where(np.arange(len(wanted)) < first, wanted, 0.0), auxiliary, engine_w

    def _arrive(self, drive: Drive) -> None:
        self.soc = float(drive.flow.soc[-1])
        self._odometer_m += float(drive.speed_mps.sum())
        self._battery_c = battery.warmth_after(
            self.vehicle.pack, drive.flow.loss_w, drive.from_c, drive.air_c
        )
        drawn_as = float(np.maximum(drive.flow.current_a, 0).sum())
        self.cycles_done += drawn_as / 3600 / self.vehicle.pack.capacity_ah
        self._free_at = drive.at + timedelta(seconds=len(drive.speed_mps)) + _BREAK

    def _stop(self, leg: Leg, after: Leg | None) -> Iterator[Session]:
        arrived = self._free_at - _BREAK
        stay_s = _LAST_STOP_S if after is None else (after.at - arrived).total_seconds()
        stop = self._standing(arrived, stay_s)
        place = charging.place_of(leg, self.vehicle, self._rng)
        if not charging.plugs_in(stop, place, self.vehicle, self._rng):
            return
        session = charging.at_a_stop(stop, place, self.vehicle, self._rng)
        if session is not None and session.end is not None:
            self._fill(session)
            self._free_at = max(self._free_at, session.end + timedelta(minutes=1))
            yield session

    def _standing(self, at: datetime, stay_s: float) -> Stop:
        return Stop(at, self.soc, self._full_wh(at), stay_s, round(self._odometer_m))

    def _full_wh(self, at: datetime) -> float:
        return self.vehicle.pack.wh * self.soh(at)

    def _fill(self, session: Session) -> None:
        self.soc = min(self.soc + session.stored_wh / self._full_wh(session.start), 1.0)
