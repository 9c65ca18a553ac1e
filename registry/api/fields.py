"""Shapes that several doors of the registry read and write."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from common.errors import noop
from protocol import typed_data


class HexField(serializers.RegexField):
    """Lower-case hex of a fixed number of bytes."""

    def __init__(self, *, length_bytes: int, **options: Any) -> None:
        self.length_bytes = length_bytes
        super().__init__(rf"^[0-9a-f]{{{2 * length_bytes}}}$", trim_whitespace=False, **options)


class HandleField(serializers.CharField):
    """Any short text; the registry knows what a handle is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)


class AddressField(serializers.CharField):
    """A checksum address."""

    default_error_messages = {
        "not_an_address": noop("This is not an address in checksum form (EIP-55).")
    }

    def to_internal_value(self, data: Any) -> str:
        """Return the address. Fails with `not_an_address`."""
        address = super().to_internal_value(data)
        if not typed_data.is_address(address):
            self.fail("not_an_address")
        return address


def stamp(at: datetime) -> str:
    """Return RFC 3339 text: a body that may be stored for a replay holds JSON alone."""
    return at.isoformat().replace("+00:00", "Z")
