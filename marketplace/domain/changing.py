"""Apply a suggested change to a question."""

import copy
from collections.abc import Mapping
from typing import Any

_FORM = "version"
"""What a suggestion has that is a whole question."""


def applied(
    spec: Mapping[str, Any], suggestion: Mapping[str, Any], pointer: str = ""
) -> dict[str, Any]:
    """Return the question with a suggestion applied where its refusal points.

    A member that the pointer ends on is changed there; every other one at the top. What no longer
    fits the groups goes with them. The spec is not touched.
    """
    if _FORM in suggestion or "source" in suggestion:
        return dict(suggestion)
    changed: dict[str, Any] = copy.deepcopy(dict(spec))
    *path, last = pointer.strip("#/").split("/")
    for member, value in suggestion.items():
        place: Any = changed
        if member == last:
            for step in path:
                place = place[int(step) if isinstance(place, list) else step]
        place[member] = value
    return fitted(changed)


def fitted(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the question without rows for a first key where there are no two keys."""
    if len(spec["group_by"]) > 1:
        return dict(spec)
    kept = {member: value for member, value in spec.items() if member != "l0_first"}
    kept["statistics"] = [
        {**one, "level": "group"} if one.get("level") == "first" else one
        for one in spec["statistics"]
    ]
    return kept
