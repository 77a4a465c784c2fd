"""Tokens: what was issued is what is verified, and nothing else is."""

import base64
import hashlib
import hmac
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey

import hub.auth
from hub.auth import Claims, InvalidToken, Role, Tokens, signing_key

NOW = datetime(2026, 9, 21, 8, 0, tzinfo=UTC)
BRANCH = Claims(
    actor="王书记",
    organization=UUID("0192f0c8-0000-7000-8000-000000000001"),
    role=Role.BRANCH,
    member=None,
    client="hub token",
    expires_at=NOW + timedelta(days=1),
)
MEMBER = replace(BRANCH, role=Role.MEMBER, member=UUID("0192f0c8-0000-7000-8000-000000000002"))
KEY = ECKey.import_key(ECKey.generate_key("P-256").as_dict(private=True), {"kid": "hub"})
STATED = {
    "iss": "hub",
    "aud": "clients",
    "sub": "王书记",
    "azp": "hub token",
    "org": str(BRANCH.organization),
    "role": "BRANCH",
    "exp": int(BRANCH.expires_at.timestamp()),
}


def tokens() -> Tokens:
    return Tokens("hub", "clients", KEY)


def signed(changes: dict[str, object], key: ECKey = KEY) -> str:
    stated = {name: value for name, value in {**STATED, **changes}.items() if value is not None}
    return jwt.encode({"alg": "ES256"}, stated, key)


@pytest.mark.parametrize("claims", [BRANCH, MEMBER])
def test_what_was_issued_is_verified(claims: Claims) -> None:
    hub_tokens = tokens()
    token = hub_tokens.issue(claims)

    assert hub_tokens.verify(token, NOW) == claims
    assert hub_tokens.verify(token, NOW) == claims  # now from what it remembers
    assert tokens().verify(token, NOW) == claims


@pytest.mark.parametrize("remembered", [True, False])
def test_a_token_ends_at_its_second(remembered: bool) -> None:
    hub_tokens = tokens()
    token = hub_tokens.issue(BRANCH)
    if remembered:
        hub_tokens.verify(token, NOW)

    assert hub_tokens.verify(token, BRANCH.expires_at - timedelta(seconds=1)) == BRANCH
    with pytest.raises(InvalidToken):
        hub_tokens.verify(token, BRANCH.expires_at)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "another hub"},
        {"iss": None},
        {"aud": "others"},
        {"aud": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": int(NOW.timestamp()) - 1},
        {"sub": None},
        {"azp": None},
        {"org": None},
        {"org": "BJ01"},
        {"org": 1},
        {"role": None},
        {"role": "SECRETARY"},
        {"role": "MEMBER"},
        {"member": str(MEMBER.member)},
    ],
    ids=str,
)
def test_a_signed_token_with_a_wrong_claim_is_refused(changes: dict[str, object]) -> None:
    assert tokens().verify(signed({}), NOW) == BRANCH
    with pytest.raises(InvalidToken):
        tokens().verify(signed(changes), NOW)


def test_a_token_of_another_key_is_refused() -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(signed({}, ECKey.generate_key("P-256")), NOW)


def test_the_public_key_is_no_shared_secret() -> None:
    # The classic confusion of algorithms: sign with HMAC, with the public key as the secret.
    signed_part = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(STATED)}"
    signature = hmac.new(KEY.as_pem(private=False), signed_part.encode(), hashlib.sha256).digest()
    with pytest.raises(InvalidToken):
        tokens().verify(f"{signed_part}.{base64url(signature)}", NOW)


def encoded(part: dict[str, object]) -> str:
    return base64url(json.dumps(part).encode())


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["none", "None", ""])
def test_an_unsigned_token_is_refused(algorithm: str) -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(f"{encoded({'alg': algorithm})}.{encoded(STATED)}.", NOW)


@given(st.one_of(st.text(), st.text(alphabet="abc.{}=\ud800\0é", max_size=40), st.just("a" * 100_000)))
def test_whatever_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(InvalidToken):
        tokens().verify(text, NOW)


@pytest.mark.parametrize("position", ["head", "body", "signature"])
def test_a_changed_token_is_refused(position: str) -> None:
    parts = tokens().issue(BRANCH).split(".")
    which = ["head", "body", "signature"].index(position)
    parts[which] = ("B" if parts[which][0] != "B" else "C") + parts[which][1:]

    with pytest.raises(InvalidToken):
        tokens().verify(".".join(parts), NOW)


def test_it_remembers_no_more_than_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.auth, "_REMEMBERED_TOKENS", 2)
    hub_tokens = tokens()
    issued = [hub_tokens.issue(replace(BRANCH, actor=name)) for name in ("甲", "乙", "丙")]

    assert [hub_tokens.verify(token, NOW).actor for token in issued] == ["甲", "乙", "丙"]
    assert [claims.actor for claims in hub_tokens._verified.values()] == ["乙", "丙"]


def test_a_refused_token_is_not_remembered() -> None:
    hub_tokens = tokens()
    with pytest.raises(InvalidToken):
        hub_tokens.verify(signed({"iss": "another hub"}), NOW)
    assert not hub_tokens._verified


@pytest.mark.parametrize("claims", [replace(BRANCH, member=MEMBER.member), replace(MEMBER, member=None)])
def test_a_member_is_named_for_a_member_and_nobody_else(claims: Claims) -> None:
    with pytest.raises(ValueError, match="member"):
        tokens().issue(claims)


def test_the_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    file = tmp_path / "home" / "token.key"
    with ThreadPoolExecutor(8) as pool:
        names = {key.kid for key in pool.map(signing_key, [file] * 8)}

    assert len(names) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert signing_key(file).kid in names
    assert [path.name for path in file.parent.iterdir()] == ["token.key"]


def test_nothing_secret_shows_when_printed() -> None:
    assert repr(tokens()) == "Tokens(issuer='hub', audience='clients')"
