"""Bearer tokens: a credential becomes verified claims, the same way for HTTP, WebSocket and the console.

Tokens are JWTs signed with ES256. Everything about a wrong token is one refusal, `InvalidToken`: whoever holds it is
not told why.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from hub.crypto import read_or_create_master_key
from hub.settings import Settings

_ALGORITHM = "ES256"
_ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_LONGEST_TOKEN = 4096
_REMEMBERED_TOKENS = 10_000


class InvalidToken(Exception):
    """The credential is not one that this hub accepts, for whatever reason."""


class Role(StrEnum):
    """What the bearer is to the organization that the token names."""

    BRANCH = "BRANCH"
    COMMITTEE = "COMMITTEE"
    DEPARTMENT = "DEPARTMENT"
    PARTNER = "PARTNER"
    MEMBER = "MEMBER"


@dataclass(frozen=True, slots=True)
class Claims:
    """Who is calling, as far as a verified token tells. `member` is set for the role MEMBER and for no other."""

    actor: str
    """The person, for the record."""
    organization: UUID
    role: Role
    member: UUID | None
    client: str
    """The application through which they call; an `opId` is unique within it."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Tokens:
    """Issues and verifies the tokens of one hub."""

    issuer: str
    audience: str
    _key: ECKey = field(repr=False)
    # Verified tokens by digest, the latest used last: checking a signature costs more than a small request.
    _verified: OrderedDict[bytes, Claims] = field(default_factory=OrderedDict, repr=False)

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The tokens of these settings, with the key under `HUB_HOME`, which is made on first use."""
        return cls(settings.issuer, settings.audience, signing_key(settings.token_key_file))

    def issue(self, claims: Claims) -> str:
        """A token that says these claims until they expire."""
        if (claims.member is None) == (claims.role is Role.MEMBER):
            raise ValueError("a member's token names a member, and no other token does")
        statement: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": claims.actor,
            "azp": claims.client,
            "org": str(claims.organization),
            "role": claims.role.value,
            "exp": int(claims.expires_at.timestamp()),
        }
        if claims.member:
            statement["member"] = str(claims.member)
        return jwt.encode({"alg": _ALGORITHM, "kid": self._key.kid}, statement, self._key, algorithms=[_ALGORITHM])

    def verify(self, token: str, now: datetime) -> Claims:
        """The claims of a token; raises `InvalidToken` for one that is wrong, expired or another hub's."""
        if len(token) > _LONGEST_TOKEN:
            raise InvalidToken
        digest = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        claims = self._verified.get(digest)
        if claims is None:
            claims = self._read(token, now)
            self._verified[digest] = claims
            if len(self._verified) > _REMEMBERED_TOKENS:
                self._verified.popitem(last=False)
        self._verified.move_to_end(digest)
        if claims.expires_at <= now:
            del self._verified[digest]
            raise InvalidToken
        return claims

    def _read(self, token: str, now: datetime) -> Claims:
        # Decoding checks the signature and nothing else; what the token claims is checked one by one.
        expected = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            decoded = jwt.decode(token, self._key, algorithms=[_ALGORITHM])
            expected.validate(decoded.claims)
            return _claims(decoded.claims)
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            # Without its cause, which would carry parts of a credential into logs.
            raise InvalidToken from None


def signing_key(file: Path) -> ECKey:
    """The key in a file of mode 600, made on first use.

    The file holds random bytes like the other key file, from which the number that ES256 needs is derived: 128 bits
    more than its order, so that no number is likelier than another.
    """
    derive = HKDF(hashes.SHA256(), length=48, salt=None, info=b"liaison hub tokens ES256")
    secret = int.from_bytes(derive.derive(read_or_create_master_key(file)), "big") % (_ORDER_OF_P256 - 1) + 1
    key = ec.derive_private_key(secret, ec.SECP256R1())
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    unnamed = ECKey.import_key(text)
    return ECKey.import_key(text, {"kid": unnamed.thumbprint(), "use": "sig", "alg": _ALGORITHM})


def _claims(stated: dict[str, Any]) -> Claims:
    """Read the claims of a token whose signature holds; a missing or unreadable one raises."""
    role, member = Role(stated["role"]), stated.get("member")
    if (member is None) == (role is Role.MEMBER):
        raise ValueError("member")
    return Claims(
        actor=stated["sub"],
        organization=UUID(stated["org"]),
        role=role,
        member=None if member is None else UUID(member),
        client=stated["azp"],
        expires_at=datetime.fromtimestamp(stated["exp"], UTC),
    )
