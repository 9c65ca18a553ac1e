"""The manifest of a release: all that a buyer or an auditor needs to check it against the chain."""

from collections.abc import Mapping
from typing import Any, TypedDict, cast, get_type_hints, is_typeddict

from protocol import canonical
from protocol.errors import ProtocolError
from protocol.hashing import keccak256


class Step(TypedDict):
    """One noisy vector. scale and sensitivity are decimal strings in cells' integer units."""

    scale: str
    sensitivity: str
    rho_micro: int


class Mechanism(TypedDict):
    """The noise of each step; the losses of all steps together are at most the release's."""

    name: str
    steps: list[Step]


class ConsentBlock(TypedDict):
    """The block at which consents were asked for."""

    number: int
    hash: str


class Contributors(TypedDict):
    """Who is paid: Merkle root in 0x hex and the sum of weights."""

    root: str
    total_weight: int


class SealedFile(TypedDict):
    """The sealed file. context: the envelope context its chunks are bound to."""

    cid: str
    sha256: str
    size_bytes: int
    envelope_version: int
    context: dict[str, str]


class Column(TypedDict):
    """One column of the data."""

    name: str
    unit: str
    description: str


class Manifest(TypedDict):
    """Manifest v1. Numbers with a fraction are decimal strings; published_at is ISO 8601 UTC."""

    version: int
    release_id: str
    dataset_id: str
    spec: dict[str, Any]
    spec_sha256: str
    window: list[str]
    rho_micro: int
    epsilon: str
    delta: str
    mechanism: Mechanism
    bounds: dict[str, Any]
    cohort_noised: int
    consent_block: ConsentBlock
    contributors: Contributors
    file: SealedFile
    columns: list[Column]
    code_version: str
    is_simulated: bool
    published_at: str


def encode(manifest: Manifest) -> bytes:
    """Return the manifest as canonical JSON. Raises ProtocolError: bad_manifest, not_canonical."""
    return canonical.encode(check(manifest))


def decode(data: bytes) -> Manifest:
    """Return the manifest of canonical bytes. Raises ProtocolError: bad_manifest, not_canonical."""
    return check(canonical.decode(data))


def digest(manifest: Manifest) -> bytes:
    """Return the Keccak-256 that stands on the chain, 32 bytes."""
    return keccak256(encode(manifest))


def check(manifest: Any) -> Manifest:
    """Return the manifest when every field is there and no other.

    Raises ProtocolError(bad_manifest) with a pointer.
    """
    _check_record(manifest, Manifest, "")
    for index, step in enumerate(manifest["mechanism"]["steps"]):
        _check_record(step, Step, f"/mechanism/steps/{index}")
    for index, column in enumerate(manifest["columns"]):
        _check_record(column, Column, f"/columns/{index}")
    if manifest["version"] != 1:
        raise ProtocolError("unsupported_version", "only manifest v1 is known", pointer="/version")
    return cast("Manifest", manifest)


def _check_record(value: Any, shape: type, at: str) -> None:
    fields = get_type_hints(shape)
    if not isinstance(value, Mapping) or set(value) != set(fields):
        raise ProtocolError("bad_manifest", f"the fields are {', '.join(fields)}", pointer=at)
    for name, kind in fields.items():
        if is_typeddict(kind):
            _check_record(value[name], kind, f"{at}/{name}")
        elif type(value[name]) is not _plain(kind):
            raise ProtocolError("bad_manifest", f"{name} has a wrong type", pointer=f"{at}/{name}")


def _plain(kind: Any) -> type:
    """Return the bare class of an annotation: list of list[str]."""
    return cast("type", getattr(kind, "__origin__", kind))
