"""Retire a car, erase one upload, one car or everything, and wait for the proof."""

from dataclasses import dataclass
from typing import Any, Final

from odometer.http import Session
from odometer.waiting import until

FINISHED: Final = "finished"


@dataclass(frozen=True)
class Erasure:
    """Something that is being forgotten. body: everything the server said; path: where it says so.

    The id is the only key to the proof of an erased account: keep it, or the proof.
    """

    session: Session
    path: str
    body: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        """Return a field of the body."""
        return self.body[name]

    @property
    def state(self) -> str:
        """How far it is: `running` or `finished`."""
        return str(self.body["state"])

    @property
    def proof(self) -> dict[str, Any] | None:
        """The proof, once it is finished; `odometer.erasing` checks it with a node alone."""
        proof: dict[str, Any] | None = self.body["proof"]
        return proof

    def refreshed(self) -> "Erasure":
        """Return the erasure as it is now."""
        return Erasure(self.session, self.path, self.session.get(self.path))

    def wait_until_finished(self, *, at_most_s: float = 60) -> "Erasure":
        """Wait until every part is erased and the chain says so. Raises NotInTime."""
        return until(
            self.refreshed,
            lambda erasure: erasure.state == FINISHED,
            what="the erasure",
            at_most_s=at_most_s,
        )


def erase(session: Session, wish: dict[str, str]) -> Erasure:
    """Ask for the erasure of one vehicle, or of everything when none is named."""
    body = session.post("/erasures", wish)
    return Erasure(session, f"/erasures/{body['id']}", body)


def erase_upload(session: Session, upload_id: str) -> Erasure:
    """Ask for the erasure of one upload; its keys are destroyed when this returns."""
    session.delete(f"/uploads/{upload_id}")
    path = f"/uploads/{upload_id}/erasure"
    return Erasure(session, path, session.get(path))


def retire(session: Session, vehicle_id: str) -> dict[str, Any]:
    """Retire a vehicle and return it as JSON."""
    answer = session.send("PATCH", f"/vehicles/{vehicle_id}", json={"state": "retired"})
    body: dict[str, Any] = answer.json()
    return body
