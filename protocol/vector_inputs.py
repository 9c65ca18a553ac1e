"""The fixed inputs of the test vectors: labelled bytes, good and bad examples."""

import hashlib
from typing import Any, Final

DATASET_ID: Final = "6f1d2c3b-4a59-4687-9a0b-c1d2e3f40516"
PASSPHRASE: Final = "correct horse five tfill"  # noqa: S105 - public, as all vectors are
SAME_PASSPHRASE: Final = "\uff43orrect horse \ufb01ve t\ufb01ll"  # noqa: S105 - equal after NFKC
CONTEXT: Final = {
    "kind": "upload",
    "account": "0b7c8d9e-1f2a-4b3c-8d4e-5f60718293a4",
    "subject": "1c8d9eaf-2031-4c4d-9e5f-60718293a4b5",
    "object": "2d9eafb0-3142-4d5e-8f60-718293a4b5c6",
}
OTHER_CONTEXT: Final = {**CONTEXT, "object": "3eafb0c1-4253-4e6f-9071-8293a4b5c6d7"}

CANONICAL_GOOD: Final = (
    "{}",
    "[]",
    "null",
    "true",
    "-12",
    "9007199254740991",
    '"caf\\u00e9"',
    '"cafe\\u0301"',
    '{"b": 1, "a": [1, {"z": null, "y": false}]}',
    '{"\\ud83d\\ude97": 1, "\\uff5e": 2, "a": 3, "B": 4, "": 5}',
    '"\\u0000\\b\\t\\n\\f\\r\\u001f\\u007f\\u2028\\"\\\\/"',
    '{"text": {"zh-Hans": "行驶数据", "en": "Driving data"}}',
)
CANONICAL_BAD: Final = (
    b"1.0",
    b"1e3",
    b'{"rho":0.1}',
    b"NaN",
    b"Infinity",
    b"-0",
    b'{"a": 1}',
    b'{"b":1,"a":2}',
    b'{"a":1,"a":1}',
    b'"caf\\u00e9"',
    '"cafe\u0301"'.encode(),
    b'"\\ud800"',
    b'"\xff"',
    b"\xef\xbb\xbf1",
    b"[1,]",
    b"",
)

# Each starts from the object of `plain_bytes` bytes, changes it, and must be refused with the code.
ENVELOPE_BAD: Final = [
    {"name": "empty", "plain_bytes": 45, "keep_bytes": 0, "code": "truncated"},
    {"name": "header cut", "plain_bytes": 45, "keep_bytes": 33, "code": "truncated"},
    {"name": "only a header", "plain_bytes": 45, "keep_bytes": 34, "code": "truncated"},
    {"name": "other magic", "plain_bytes": 45, "flip_byte": 0, "code": "bad_header"},
    {"name": "other version", "plain_bytes": 45, "flip_byte": 4, "code": "unsupported_version"},
    {"name": "other algorithm", "plain_bytes": 45, "flip_byte": 5, "code": "unsupported_version"},
    {"name": "other chunk size", "plain_bytes": 45, "flip_byte": 9, "code": "bad_header"},
    {"name": "other stream header", "plain_bytes": 45, "flip_byte": 10, "code": "wrong_key"},
    {"name": "changed byte", "plain_bytes": 45, "flip_byte": 60, "code": "wrong_key"},
    {"name": "cut in the only chunk", "plain_bytes": 45, "drop_bytes": 1, "code": "wrong_key"},
    {"name": "last chunk missing", "plain_bytes": 65_537, "drop_bytes": 18, "code": "truncated"},
    {"name": "last tag cut", "plain_bytes": 65_537, "drop_bytes": 2, "code": "truncated"},
    {"name": "last chunk cut", "plain_bytes": 200_000, "drop_bytes": 1, "code": "damaged"},
    {
        "name": "second chunk changed",
        "plain_bytes": 200_000,
        "flip_byte": 70_000,
        "code": "damaged",
    },
    {"name": "byte after the end", "plain_bytes": 65_536, "append": "00", "code": "trailing_bytes"},
    {
        "name": "object after the end",
        "plain_bytes": 65_536,
        "append_self": True,
        "code": "trailing_bytes",
    },
    {"name": "chunks swapped", "plain_bytes": 200_000, "swap_chunks": [1, 2], "code": "damaged"},
    {
        "name": "first chunk missing",
        "plain_bytes": 200_000,
        "swap_chunks": [0, 1],
        "code": "wrong_key",
    },
    {"name": "other context", "plain_bytes": 45, "other_context": True, "code": "wrong_key"},
    {"name": "other key", "plain_bytes": 45, "flip_key": True, "code": "wrong_key"},
]

TERMS: Final[dict[str, Any]] = {
    "version": 1,
    "offer_id": "4fb0c1d2-5364-4f70-8182-93a4b5c6d7e8",
    "dataset_id": DATASET_ID,
    "purposes": ["dpv:ResearchAndDevelopment"],
    "signal_groups": ["charging", "vehicle_model"],
    "recipient_class": "accredited_developer",
    "expires_at": 1_800_000_000,
    "rho_micro_max": 200_000,
    "payout": {"rule": "equal_per_release", "contributors_bps": 9000},
    "builder_key_sha256": hashlib.sha256(b"builder key").hexdigest(),
    "text": {"en": "Charging behaviour by car model", "zh-Hans": "按车型的充电行为"},
}

QUERY_SPEC: Final[dict[str, Any]] = {
    "version": 1,
    "title": "Charging behaviour by car model",
    "source": "charging_sessions",
    "windows": ["2018-06", "2018-07"],
    "group_by": [{"key": "vehicle_model", "domain": ["Nissan LEAF", "BMW i3", "Other"]}],
    "statistics": [
        {
            "name": "energy_mean",
            "kind": "mean",
            "signal": "energy_per_session",
            "unit": "kWh",
            "clamp": ["0", "60"],
        },
        {
            "name": "plug_in_hour",
            "kind": "histogram",
            "signal": "plug_in_hour",
            "unit": "h",
            "bins": ["0", "3", "6", "9", "12", "15", "18", "21", "24"],
        },
    ],
    "l0": 1,
    "min_cohort": 20,
    "rho_micro": 100_000,
}

MANIFEST: Final[dict[str, Any]] = {
    "version": 1,
    "release_id": "50c1d2e3-6475-4081-9293-a4b5c6d7e8f9",
    "dataset_id": DATASET_ID,
    "spec": QUERY_SPEC,
    "spec_sha256": "00" * 32,
    "window": ["2018-06", "2018-07"],
    "rho_micro": 100_000,
    "epsilon": "2.246",
    "delta": "0.000001",
    "mechanism": {
        "name": "discrete_gaussian",
        "steps": [{"scale": "134.2", "sensitivity": "60.01", "rho_micro": 100_000}],
    },
    "bounds": {"l0": 1, "energy_mean": ["0", "60"]},
    "cohort_noised": 412,
    "consent_block": {"number": 1207, "hash": "0x" + "11" * 32},
    "contributors": {"root": "0x" + "22" * 32, "total_weight": 420},
    "file": {
        "cid": "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
        "sha256": "33" * 32,
        "size_bytes": 9000,
        "envelope_version": 1,
        "context": {"kind": "release", "account": "", "subject": DATASET_ID, "object": "50c1"},
    },
    "columns": [{"name": "energy_mean", "unit": "kWh", "description": "Mean energy per session"}],
    "code_version": "0.1.0",
    "is_simulated": False,
    "published_at": "2026-11-22T13:00:00Z",
}


def secret(label: str) -> bytes:
    """Return 32 bytes that follow from a label; public, and therefore for vectors alone."""
    return hashlib.sha256(b"odometer/vectors/" + label.encode()).digest()


def plaintext(size_bytes: int) -> bytes:
    """Return bytes counting 0 to 250 over and over."""
    return bytes(index % 251 for index in range(size_bytes))
