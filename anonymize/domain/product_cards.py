"""What the standard products say of themselves, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.errors import noop

WEIGHED = noop(
    "One driver is one unit. In means, quantiles and shares every driver weighs the same, however"
    " many records they have; in totals and rates as much as was driven or charged, up to a bound."
    " Every value is clamped to the public range that stands in the question."
)
"""Holds for every product."""


@dataclass(frozen=True)
class Card:
    """The words of one product, English, marked for translation.

    question: what it answers. cannot_tell: what it must not be used for. missing: who is not in
    it. months: over how many calendar months its ranges were chosen.
    """

    title: str
    question: str
    tells: str
    cannot_tell: str
    missing: str
    example: str
    months: int = 1


CARDS: Mapping[str, Card] = {
    "battery_ageing": Card(
        title=noop("Battery ageing"),
        question=noop("How much of its battery has a car of this model and mileage left?"),
        tells=noop(
            "The mean state of health by model and mileage, and between which values the middle"
            " half of the drivers of a model lies."
        ),
        cannot_tell=noop(
            "Why a battery aged: mileage stands beside it, climate and charging do not. The state"
            " of health is the car's own estimate, and makers count it differently: compare within"
            " a model."
        ),
        missing=noop(
            "Drivers whose car or app tells no state of health or no odometer: Car Scanner's wide"
            " export has none. Cars with failed batteries are driven less and are rarer here than"
            " on the road."
        ),
        example=noop(
            "What is a used car of this model worth at 80,000 km, and how far do such cars differ?"
        ),
    ),
    "battery_by_age": Card(
        title=noop("Battery ageing by age"),
        question=noop("How much of its battery has a car of this age and mileage left?"),
        tells=noop(
            "The mean state of health by age and mileage, and between which values the middle half"
            " of the drivers of cars of an age lies."
        ),
        cannot_tell=noop(
            "What age alone does: old cars are of other models. Age is the year of the record less"
            " the model year that the driver told, in whole years; nobody checks it."
        ),
        missing=noop(
            "Drivers who told no model year, and drivers whose car or app tells no state of health"
            " or no odometer."
        ),
        example=noop("Which warranty in years and kilometres would hold for three cars in four?"),
    ),
    "energy_use": Card(
        title=noop("Energy use"),
        question=noop("What does a kilometre take at this temperature and speed?"),
        tells=noop(
            "The mean consumption of drivers by outside temperature and mean speed of a trip, and"
            " its spread over drivers by temperature."
        ),
        cannot_tell=noop(
            "What temperature or speed alone does: routes, cars and habits differ between the rows."
            " Trips under one kilometre tell no consumption. Energy is what left the battery, so"
            " charging losses come on top."
        ),
        missing=noop(
            "Drivers whose car tells no power, current or energy left, or no outside temperature;"
            " trips in weather outside the public bins."
        ),
        example=noop("How much less far does a fleet get in January, in town and on the motorway?"),
    ),
    "charging_behaviour": Card(
        title=noop("Charging behaviour"),
        question=noop("Where, when, how fast and how full are cars charged?"),
        tells=noop(
            "By kind of site: the mean energy of a session, the hours at which cars are plugged in,"
            " the power, and the charge of the battery when a session begins and ends."
        ),
        cannot_tell=noop(
            "The load at one charger, street or minute. Power is the mean of a session: where only"
            " the time connected is known, it is lower than what the car takes while it charges."
        ),
        missing=noop(
            "Drivers whose charging log tells no state of charge at the start and the end; most"
            " chargers do not know it. Sites other than home, work and public stand under Other."
        ),
        example=noop("When does charging at home begin, and would a cheaper night tariff fit?"),
    ),
    "driving_style": Card(
        title=noop("Driving style"),
        question=noop("How often is there harsh braking, driving at night and speeding?"),
        tells=noop(
            "Harsh events per 100 km, and the kilometres of each 100 that are driven at night (22"
            " to 6) and too fast, by car model."
        ),
        cannot_tell=noop(
            "Anything about one driver: no score, no premium, no claim can rest on it. Nor whether"
            " an event was the driver's fault. Too fast means above 120 km/h where no limit stands"
            " beside the speed, so speeding in town is mostly not seen."
        ),
        missing=noop(
            "Drivers whose files are not of driving. Who hands in a log may drive more carefully"
            " than others. Logs with a row every few seconds show fewer harsh events."
        ),
        example=noop("Does the class of a car model in a tariff fit how it is driven?"),
    ),
    "trip_patterns": Card(
        title=noop("Trip patterns"),
        question=noop("How far, how long and when are cars driven?"),
        tells=noop(
            "The mean distance and duration of trips by the time they begin, and the shares of"
            " drivers' trips by distance, duration and start hour."
        ),
        cannot_tell=noop(
            "From where to where: positions are never kept. A pause of ten minutes parts two trips,"
            " and moves under 100 metres are no trip."
        ),
        missing=noop(
            "Drivers whose files tell no date or no time. Trips without the logger running are not"
            " there, so the number of trips is the least there was."
        ),
        example=noop("How many trips would a car with 150 km of range cover?"),
    ),
}
