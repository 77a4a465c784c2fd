"""Sealing of personal values, keyed digests, global ids and cursors. Pure: keys come in as arguments.

One master key (a file of mode 600, to be backed up) gives every other key by HKDF. Values are sealed under a data
key per year, itself wrapped by the master key, so that keys can turn without touching old rows.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub.operating import OperatorError

_KEY_BYTES = 32
_NONCE_BYTES = 12
_DIGEST_BYTES = 16

KEY_MISMATCH = (
    "密钥文件与数据库不符：请放回原来的密钥文件（见 docs/operating.md）"
    " / the key file does not open what is stored: put the original key file back (docs/operating.md)"
)


class MasterKeyMismatch(OperatorError):
    """The key file does not open what is stored."""


class NotSealedHere(Exception):
    """A sealed text (id, cursor, value) was not made by this hub for this purpose."""


def read_or_create_master_key(path: Path) -> bytes:
    """Return the master key in a file, making the file (mode 600) on first use. Safe against a concurrent start.

    The key is written to a file of its own and linked into place, so that a reader never sees half a key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as draft_file:
            draft_file.write(base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)) + b"\n")
            draft_file.flush()
            os.fsync(draft_file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its key counts
        finally:
            draft.unlink()
    key = base64.urlsafe_b64decode(path.read_bytes().strip())
    if len(key) != _KEY_BYTES:
        raise MasterKeyMismatch(KEY_MISMATCH)
    return key


def derive(master: bytes, purpose: str, length: int = _KEY_BYTES) -> bytes:
    """Return the key of one purpose, by HKDF from the master key."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=purpose.encode()).derive(master)


@dataclass(frozen=True, slots=True)
class Vault:
    """Everything that needs a key: seals and opens values, digests numbers, encodes ids and cursors."""

    master: bytes = field(repr=False)
    _data_keys: dict[int, AESGCM] = field(repr=False)
    current: int
    _digests: hmac.HMAC = field(repr=False)

    @classmethod
    def open(cls, master: bytes, wrapped: Mapping[int, bytes], current: int) -> Vault:
        """Unwrap the data keys. Raises MasterKeyMismatch when the master key does not open them."""
        wrapping = AESGCM(derive(master, "wrap"))
        keys: dict[int, AESGCM] = {}
        for key_id, value in wrapped.items():
            try:
                key = wrapping.decrypt(value[:_NONCE_BYTES], value[_NONCE_BYTES:], f"data key {key_id}".encode())
            except InvalidTag:
                raise MasterKeyMismatch(KEY_MISMATCH) from None
            keys[key_id] = AESGCM(key)
        return cls(master, keys, current, hmac.new(derive(master, "digest"), digestmod="sha256"))

    @staticmethod
    def wrap_new_key(master: bytes, key_id: int) -> bytes:
        """Return a fresh data key, wrapped."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(derive(master, "wrap")).encrypt(
            nonce, os.urandom(_KEY_BYTES), f"data key {key_id}".encode()
        )

    def seal(self, purpose: str, subject: UUID, text: str) -> bytes:
        """Seal a value for one purpose and one record; it opens for no other."""
        return self.seal_bytes(purpose, subject, text.encode())

    def seal_bytes(self, purpose: str, subject: UUID, content: bytes) -> bytes:
        """The same for bytes, such as an uploaded file."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._data_keys[self.current].encrypt(nonce, content, purpose.encode() + subject.bytes)
        return self.current.to_bytes(2, "big") + nonce + sealed

    def unseal(self, purpose: str, subject: UUID, sealed: bytes) -> str:
        """Open a sealed value. Raises NotSealedHere when purpose, record or key do not fit."""
        return self.unseal_bytes(purpose, subject, sealed).decode()

    def unseal_bytes(self, purpose: str, subject: UUID, sealed: bytes) -> bytes:
        """The same for bytes."""
        key = self._data_keys.get(int.from_bytes(sealed[:2], "big"))
        if key is None:
            raise NotSealedHere(purpose)
        nonce, content = sealed[2 : 2 + _NONCE_BYTES], sealed[2 + _NONCE_BYTES :]
        try:
            return key.decrypt(nonce, content, purpose.encode() + subject.bytes)
        except InvalidTag:
            raise NotSealedHere(purpose) from None

    def digest(self, kind: str, normalised: str) -> bytes:
        """Return 16 bytes by which equal numbers are equal and nothing else can be told without the key."""
        made = self._digests.copy()  # which has taken in the key: half the time of beginning anew
        made.update(f"{kind}\0{normalised}".encode())
        return made.digest()[:_DIGEST_BYTES]


@dataclass(frozen=True, slots=True)
class IdCodec:
    """Global ids of one realm: base64url(type, realm tag, 16 bytes).

    The empty realm (the hub's own clients) carries the plain UUID. In a partner's realm the UUID is encrypted under a
    key of (realm, type), so that two partners cannot join their data; an id of another realm decodes to nothing.
    """

    master: bytes = field(repr=False)
    realm: str = ""
    _ciphers: dict[int, Cipher[modes.ECB]] = field(default_factory=dict, repr=False)

    def encode(self, type_number: int, identifier: UUID) -> str:
        """Return the global id of one record."""
        raw = bytes([type_number]) + self._tag() + self._cross(type_number, identifier.bytes, encrypt=True)
        return base64.urlsafe_b64encode(raw).decode()

    def decode(self, text: str) -> tuple[int, UUID] | None:
        """Return (type, uuid), or None for anything that is not an id of this realm."""
        try:
            raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        except ValueError:
            return None
        if len(raw) != 21 or raw[1:5] != self._tag():
            return None
        return raw[0], UUID(bytes=self._cross(raw[0], raw[5:], encrypt=False))

    def _tag(self) -> bytes:
        if not self.realm:
            return bytes(4)
        return hashlib.sha256(b"realm\0" + self.realm.encode()).digest()[:4]

    def _cross(self, type_number: int, block: bytes, *, encrypt: bool) -> bytes:
        if not self.realm:
            return block
        cipher = self._ciphers.get(type_number)
        if cipher is None:
            key = derive(self.master, f"global id {self.realm} {type_number}")
            # One block per id and a key per (realm, type): ECB of a single block is a permutation, which is wanted.
            cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
            self._ciphers[type_number] = cipher
        context = cipher.encryptor() if encrypt else cipher.decryptor()
        return context.update(block) + context.finalize()


@dataclass(frozen=True, slots=True)
class CursorCodec:
    """Opaque cursors of one realm: deterministic (AES-SIV), so that equal positions read equal, and bound to a purpose."""

    _cipher: AESSIV = field(repr=False)
    realm: str

    @classmethod
    def of(cls, master: bytes, realm: str) -> CursorCodec:
        """Make the codec of one realm."""
        return cls(AESSIV(derive(master, "cursor", 64)), realm)

    def seal(self, purpose: str, content: bytes) -> str:
        """Return the cursor text for some position."""
        sealed = self._cipher.encrypt(content, [purpose.encode(), self.realm.encode()])
        return base64.urlsafe_b64encode(sealed).decode()

    def unseal(self, purpose: str, text: str) -> bytes:
        """Return the position. Raises NotSealedHere for a cursor of another purpose, realm or hub."""
        try:
            sealed = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
            return self._cipher.decrypt(sealed, [purpose.encode(), self.realm.encode()])
        except (ValueError, InvalidTag):
            raise NotSealedHere(purpose) from None


def mask_ends(number: str) -> str:
    """Return a number with only its first and last character."""
    if len(number) < 3:
        return "*" * len(number)
    return number[0] + "*" * (len(number) - 2) + number[-1]


def mask_phone(number: str) -> str:
    """Return a phone number with its first three and last two digits."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]


def mask_address(address: str) -> str:
    """Return an address down to the town: what follows 镇, 乡, 街道, 区 or 县 is hidden."""
    for word in ("街道", "镇", "乡", "区", "县", "市"):
        at = address.rfind(word)
        if at > 0:
            return address[: at + len(word)] + "***"
    return "***"
