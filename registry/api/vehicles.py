"""Doors of a driver's vehicles."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import Door, pages_of, tagged
from registry import enrolment, retiring, selectors
from registry.api.fields import stamp
from registry.models import Vehicle
from registry.permissions import IsDriver
from work.once import once


class VehicleForm(serializers.Serializer[Any]):
    """What is told about a car; never its number plate or VIN."""

    brand = serializers.CharField(max_length=60)
    model = serializers.CharField(max_length=60)
    year = serializers.IntegerField(
        min_value=1980, max_value=2100, required=False, allow_null=True, default=None
    )
    powertrain = serializers.ChoiceField(choices=Vehicle.Powertrain.choices)
    is_simulated = serializers.BooleanField(default=False)


class VehicleChangeForm(serializers.Serializer[Any]):
    """The one change there is."""

    state = serializers.ChoiceField(choices=[Vehicle.State.RETIRED.value])


class VehiclesView(Door):
    """The driver's vehicles."""

    form = VehicleForm
    permission_classes = [IsDriver]

    def get(self, request: Request) -> Response:
        """Return a page of vehicles."""
        rows = selectors.vehicles_of(selectors.driver_of(request.user))
        return pages_of(request, rows, shown, view=self)

    @once(is_required=False)
    def post(self, request: Request) -> Response:
        """Return the new vehicle."""
        form = VehicleForm(data=request.data)
        form.is_valid(raise_exception=True)
        driver = selectors.driver_of(request.user)
        vehicle = enrolment.add_vehicle(driver=driver, **form.validated_data)
        return Response(shown(vehicle), status=201)


class VehicleView(Door):
    """One vehicle."""

    form = VehicleChangeForm
    permission_classes = [IsDriver]

    def get(self, request: Request, vehicle_id: UUID) -> Response:
        """Return the vehicle."""
        return tagged(request, shown(_vehicle(request, vehicle_id)))

    def patch(self, request: Request, vehicle_id: UUID) -> Response:
        """Return the vehicle, retired: nothing of it is used from here on."""
        form = VehicleChangeForm(data=request.data)
        form.is_valid(raise_exception=True)
        vehicle = retiring.retire(vehicle=_vehicle(request, vehicle_id), at=timezone.now())
        return tagged(request, shown(vehicle))


def shown(vehicle: Vehicle) -> dict[str, Any]:
    """Return the vehicle as JSON."""
    return {
        "object": "vehicle",
        "id": str(vehicle.id),
        "brand": vehicle.brand,
        "model": vehicle.model,
        "year": vehicle.year,
        "powertrain": vehicle.powertrain,
        "is_simulated": vehicle.is_simulated,
        "state": vehicle.state,
        "created_at": stamp(vehicle.created_at),
        "erased_at": stamp(vehicle.erased_at) if vehicle.erased_at else None,
    }


def _vehicle(request: Request, vehicle_id: UUID) -> Vehicle:
    driver = selectors.driver_of(request.user)
    return selectors.vehicle_of(driver=driver, vehicle_id=vehicle_id)
