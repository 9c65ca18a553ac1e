"""An admin's acts: accredit developers, decide data requests, have releases built."""

from collections.abc import Iterator
from typing import Any

from odometer.http import Session


class Admin:
    """A signed-in admin."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @classmethod
    def sign_in(cls, session: Session | str, handle: str, password: str) -> "Admin":
        """Return the admin of a handle. Raises NotAllowed."""
        session = session if isinstance(session, Session) else Session(session)
        session.post("/sessions", {"handle": handle, "password": password})
        return cls(session)

    def developers(self) -> Iterator[dict[str, Any]]:
        """Yield the developers and their standing."""
        return self.session.every("/developers")

    def accredit(
        self, developer_id: str, *, reason: str, wallet: str | None = None
    ) -> dict[str, Any]:
        """Accredit a developer. wallet: the address that gets a licence token, if one is wanted."""
        body = {"decision": "accredited", "reason": reason}
        if wallet is not None:
            body["wallet"] = wallet
        return self.session.post(f"/developers/{developer_id}/accreditation", body)

    def queue(self) -> Iterator[dict[str, Any]]:
        """Yield the data requests that wait for a decision."""
        return self.session.every("/data-requests", state="in_review")

    def evidence(self, request_id: str) -> dict[str, Any]:
        """Return signals, cohort, privacy cost and expected error of a request."""
        return self.session.get(f"/data-requests/{request_id}/evidence")

    def decide(
        self, request_id: str, decision: str, *, reason_code: str, reason: str
    ) -> dict[str, Any]:
        """Decide a request as it stands now. decision: approve, ask or reject.

        Raises Conflict when somebody changed or decided it meanwhile.
        """
        path = f"/data-requests/{request_id}"
        tag = self.session.send("GET", path).headers["ETag"]
        body = {"decision": decision, "reason_code": reason_code, "reason": reason}
        return self.session.post(f"{path}/decision", body, match=tag)

    def give_back(self, request_id: str, *, reason: str) -> dict[str, Any]:
        """Give a campaign's bounty back before its deadline; returns the campaign as JSON."""
        return self.session.post(f"/data-requests/{request_id}/refund", {"reason": reason})

    def build(self, dataset_id: str, *, price_units: int) -> dict[str, Any]:
        """Ask for a release of a dataset; returns it as JSON, state `planned`.

        The same question to the same drivers is not asked again: then it is the published one.
        """
        body = {"dataset_id": dataset_id, "price_units": str(price_units)}
        return self.session.post("/releases", body)

    def release(self, release_id: str) -> dict[str, Any]:
        """Return a release as JSON, also one that is still being built."""
        return self.session.get(f"/releases/{release_id}")

    def request(self, request_id: str) -> dict[str, Any]:
        """Return a data request as JSON."""
        return self.session.get(f"/data-requests/{request_id}")
