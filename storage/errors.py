"""Refusals of the storage room."""

from common.errors import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable, noop


class UploadNotFound(NotFound):
    """No such upload among the driver's own."""

    code = "upload_not_found"
    title = noop("There is no such upload")
    detail = noop("You have no upload with this id.")


class UploadIdTaken(Conflict):
    """The id names another upload already; ids are drawn at random, so draw again."""

    code = "upload_id_taken"
    title = noop("This upload id is taken")
    detail = noop("This id names another upload. Draw a new random one and seal again.")


class UploadTooLarge(InvalidInput):
    """Larger than one upload may be."""

    code = "upload_too_large"
    title = noop("This file is too large")
    detail = noop("A sealed file has at most %(most_bytes)s bytes. Split it.")


class UnknownBuilderKey(InvalidInput):
    """Sealed to a key that the builder does not hold."""

    code = "unknown_builder_key"
    title = noop("The builder's key has changed")
    detail = noop("The builder's key is %(key_id)s. Check it against the chain and seal again.")


class NotSealed(InvalidInput):
    """The bytes do not begin as a sealed object; perhaps somebody sent plaintext."""

    code = "not_sealed"
    title = noop("This file is not sealed")
    detail = noop("The file is not a sealed object, so it was not kept: %(reason)s.")


class PartTooLarge(InvalidInput):
    """A part beyond the limit of one request."""

    code = "part_too_large"
    status = 413
    title = noop("This part is too large")
    detail = noop("A part has at most %(most_bytes)s bytes.")


class BeyondTheEnd(InvalidInput):
    """More bytes than were announced."""

    code = "beyond_the_end"
    title = noop("The file is longer than announced")
    detail = noop("%(size_bytes)s bytes were announced; this part would go beyond them.")


class WrongOffset(Conflict):
    """A part that does not begin where the last one ended."""

    code = "wrong_offset"
    title = noop("This part does not begin where the last one ended")
    detail = noop("%(received_bytes)s bytes are here. Go on from there.")

    def __init__(self, *, received_bytes: int) -> None:
        super().__init__(received_bytes=received_bytes)
        self.headers = {"Upload-Offset": str(received_bytes), "Tus-Resumable": "1.0.0"}


class UploadDamaged(InvalidInput):
    """All bytes are here and their digest is another one."""

    code = "upload_damaged"
    title = noop("The file was damaged on its way")
    detail = noop("The bytes that arrived have another SHA-256 than announced. Send them again.")


class UploadNotReceiving(Conflict):
    """The upload is whole already, or erased."""

    code = "upload_not_receiving"
    title = noop("This upload takes no more bytes")
    detail = noop("This upload is %(state)s and takes no more bytes.")


class NotHereYet(Conflict):
    """Asked for before the last byte arrived."""

    code = "not_here_yet"
    title = noop("This upload is not whole yet")
    detail = noop("This upload is not whole yet.")


class Erased(NotFound):
    """The keys were destroyed; nobody can open this any more."""

    code = "erased"
    status = 410
    title = noop("This was erased")
    detail = noop("This was erased. Its keys are destroyed and nobody can open it again.")


class NotErased(NotFound):
    """There is no proof of what was not done."""

    code = "not_erased"
    title = noop("This was not erased")
    detail = noop("This upload was not erased, so there is no proof of it.")


class TusVersion(Conflict):
    """Another version of the protocol for parts."""

    code = "tus_version"
    status = 412
    title = noop("This version of tus is not spoken here")
    detail = noop("Send Tus-Resumable: 1.0.0.")

    def __init__(self) -> None:
        super().__init__()
        self.headers = {"Tus-Version": "1.0.0"}


class OffsetMissing(InvalidInput):
    """A part that does not say where it begins."""

    code = "offset_missing"
    title = noop("Upload-Offset is missing")
    detail = noop("Send Upload-Offset: the number of bytes that are here already.")


class BadRecipientKey(InvalidInput):
    """A public key to which nothing can be sealed."""

    code = "bad_recipient_key"
    title = noop("This public key cannot be used")
    detail = noop("Send the 32 bytes of an X25519 public key in hex.")


class NoBuilderKey(Unavailable):
    """The builder's public key is not published yet."""

    code = "no_builder_key"
    title = noop("The builder is not set up")
    detail = noop("The builder's public key is not published yet.")


class NotTheBuilder(NotAllowed):
    """This process holds no key that opens uploads, and must not."""

    code = "not_the_builder"
    title = noop("Only the builder may do this")
    detail = noop("Only the builder may open sealed objects.")


class ErasuresUnread(Unavailable):
    """Erasures may stand on the chain that are not done here yet, after a restore above all."""

    code = "erasures_unread"
    title = noop("The chain is still being read")
    detail = noop("Nothing is opened before the chain is read up to block %(block)s.")


class Unreadable(InvalidInput):
    """The ciphertext does not open: wrong key, wrong context, cut or changed."""

    code = "unreadable"
    title = noop("This cannot be opened")
    detail = noop("This cannot be opened: %(reason)s.")


class NoRoom(Unavailable):
    """Our disk has no room for the bytes, now."""

    code = "no_room"
    title = noop("There is no room for this file now")
    detail = noop(
        "This needs %(size_bytes)s bytes and the server has room for %(free_bytes)s. Nothing that "
        "arrived is lost; try again later."
    )

    def __init__(self, *, size_bytes: int, free_bytes: int) -> None:
        super().__init__(size_bytes=size_bytes, free_bytes=free_bytes)
        self.headers = {"Retry-After": "30"}


class BeyondWhatIsHere(InvalidInput):
    """A range that begins behind the last byte."""

    code = "beyond_what_is_here"
    status = 416
    title = noop("There are no such bytes")
    detail = noop("This upload has %(size_bytes)s bytes; the range begins behind them.")

    def __init__(self, *, size_bytes: int) -> None:
        super().__init__(size_bytes=size_bytes)
        self.headers = {"Content-Range": f"bytes */{size_bytes}"}


class NodeDown(Unavailable):
    """The IPFS node does not answer, or refuses."""

    is_away = True
    code = "ipfs_unavailable"
    title = noop("The storage network is not answering")
    detail = noop("The storage network is not answering. Try again in a moment.")


class WrongBytes(Unavailable):
    """The node gave bytes, or a CID, that do not belong together."""

    code = "wrong_bytes"
    title = noop("The storage network gave wrong bytes")
    detail = noop("The bytes that came do not fit their CID.")


class SpoolMissing(Conflict):
    """The bytes are neither in the spool nor on the node."""

    code = "spool_missing"
    title = noop("The bytes are missing")
    detail = noop("The bytes are missing here. They must be sent again.")


class ErasedMeanwhile(Conflict):
    """Erased while it was being pinned; the next try takes the pin back."""

    code = "erased_meanwhile"
    title = noop("This was erased meanwhile")
    detail = noop("This was erased while it was being stored.")
