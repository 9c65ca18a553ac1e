"""Record what the builder found in an upload, so that only its driver reads the details."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from storage import keyring
from storage.models import Upload

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")


def record(
    *, upload: Upload, is_readable: bool, codes: Sequence[str], report: Mapping[str, Any]
) -> None:
    """Mark a pinned upload as checked or unreadable; an erased one stays erased.

    codes: from the closed list of the format; never values. report: sealed to the driver.

    Raises ValueError for a code that is not a plain word: it could carry plaintext.
    """
    if any(not _CODE.fullmatch(code) for code in codes):
        raise ValueError("a quality code is a word of a closed list")
    state = Upload.State.CHECKED if is_readable else Upload.State.UNREADABLE
    known = [Upload.State.PINNED, Upload.State.CHECKED, Upload.State.UNREADABLE]
    Upload.objects.filter(id=upload.id, state__in=known).update(
        state=state,
        quality={"is_readable": is_readable, "codes": sorted(set(codes))},
        report_sealed=_sealed(report, upload.driver.public_key),
    )


def _sealed(report: Mapping[str, Any], public_key: str) -> str:
    content = json.dumps(report, ensure_ascii=False, sort_keys=True).encode()
    return keyring.seal_to(content, recipient_public_key=bytes.fromhex(public_key))
