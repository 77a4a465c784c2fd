"""Organizations by what ledgers call them: code, full or short name, old name, with or without what goes without saying.

Without saying go 中共, the places before a name, and the word for committee or branch. An answer is one
organization or none: whatever fits several is `AMBIGUOUS`.
"""

from __future__ import annotations

import dataclasses
import enum
import re
import unicodedata
from collections.abc import Hashable, Iterable
from typing import Final, Generic, Literal, TypeVar

from hub.domain.phone import INVISIBLE

K = TypeVar("K", bound=Hashable)


class _Ambiguous(enum.Enum):
    AMBIGUOUS = "AMBIGUOUS"


AMBIGUOUS: Final = _Ambiguous.AMBIGUOUS
Ambiguous = Literal[_Ambiguous.AMBIGUOUS]

BRANCH_KINDS = {"GENERAL_BRANCH", "BRANCH", "JOINT_BRANCH", "TEMPORARY_BRANCH", "FLOATING_BRANCH"}


@dataclasses.dataclass(frozen=True, slots=True)
class OrganizationRecord(Generic[K]):
    """What the hub knows of an organization. A closed one with a successor stands for its successor."""

    id: K
    system: str
    code: str | None
    name: str
    short_name: str | None = None
    aliases: tuple[str, ...] = ()
    parent: K | None = None
    kind: str = "OTHER"
    closed: bool = False
    successor: K | None = None


_LONGEST_NAME = 200  # a cell may hold 32,767 characters
_NOISE = re.compile(r"[-—–/\\>→\s《》“”\"'‘’()\[\]【】〔〕*＊,，。.、:：;；_]+")
_PLACE_BEHIND = re.compile(r"([^()]+)\(([^()]*[省市县区旗镇乡街道村])\)")
_PREFIX = re.compile(r"^(?:中国共产党|中共)")
_NO_PARTY_WORD = re.compile(r"(?:村民|居民)委员会|居委会|村委会")
# The kinds of word at the end of a name; 党工委 and 党委 are one, so are 支部委员会 and 党支部.
_WORDS = re.compile(
    r"(?P<组>(?:委员会|党委|委)?组织部)|(?P<总>总支部委员会|总支委员会|党总支部?|总支部?)|(?P<小>党小组)|(?P<支>党?支部委员会|党?支部|支委会)"
    r"|(?P<委>(?:党的?)?工作委员会|党工委|工委|党委会|党委|(?<!管理)委员会|(?<=[县市区镇乡旗州])委(?=$))|(?P<党>党组)"
)
_ORDINAL = re.compile(r"第([一二三四五六七八九十]+|\d+)|([一二三四五六七八九十]+)$")
_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", start=1)}
# Inside a place these letters end none: 广州市, 新乡县, 鄞州区, and at its beginning 镇江市, 乡宁县.
_IN_PLACE = r"(?:[^省市县旗镇乡州盟区]|[州镇乡旗盟](?=市(?!场)|县|区)|(?<![^省市县州])[镇乡旗](?=[江宁平原城安]))"
_PLACE = re.compile(
    rf"{_IN_PLACE}+?(?<![社小园校库矿牧林景厂片灾营辖])区"
    rf"|(?:{_IN_PLACE}|区)+?(?:省|自治区|特别行政区|自治州|州(?![市县区镇])|盟(?!市)|市(?!场)|县|旗(?![市县])"
    rf"|(?<!村)镇(?!村|市(?!场)|县)|(?<!城)乡(?!村|市(?!场)|县)|街道(?:办事处|办)?|苏木)"
)
_LARGE_PLACE = re.compile(r".*(?:省|市|自治区|特别行政区|州|盟)")


def _folded(text: str) -> str:
    return _PREFIX.sub("", _NOISE.sub("", unicodedata.normalize("NFKC", text).translate(INVISIBLE)))


def _ordinal(match: re.Match[str]) -> str:
    text: str = match[1] or match[2]
    if text.isdigit():
        return text
    if "十" not in text:
        return str(_DIGITS[text]) if len(text) == 1 else text
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return text
    return str(_DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0))


def stem_and_word(text: str) -> tuple[str, str]:
    """Split a name into what tells it from others and the kind of its last word ("" where there is none)."""
    folded = _folded(text)
    folded = _NO_PARTY_WORD.sub("", folded) or folded
    matches = list(_WORDS.finditer(folded))
    word = str(matches[-1].lastgroup) if matches and matches[-1].end() == len(folded) else ""
    stem = _WORDS.sub("", folded).replace("街道办事处", "街道").replace("街道办", "街道")
    return (_ORDINAL.sub(_ordinal, stem) if word in {"支", "总", "小"} else stem), word


def _is_bare(stem: str) -> bool:
    return not stem or stem.isdigit()


class OrganizationNames(Generic[K]):
    """An index over organizations, built once for a file; a question costs microseconds."""

    def __init__(self, records: Iterable[OrganizationRecord[K]]) -> None:
        self._records = {record.id: record for record in records}
        self._codes: dict[str, list[K]] = {}
        self._full: dict[str, list[tuple[str, K]]] = {}
        self._short: dict[str, list[tuple[str, K]]] = {}
        self._stems: dict[K, list[str]] = {}
        self._found: dict[tuple[str, K | None], K | Ambiguous | None] = {}
        for record in self._records.values():
            self._add_full(record)
        for record in self._records.values():
            self._add_short(record)

    def _add_full(self, record: OrganizationRecord[K]) -> None:
        if record.code:
            for code in (record.code, f"{record.system}:{record.code}"):
                self._codes.setdefault(code.upper(), []).append(record.id)
        names = dict.fromkeys(filter(None, [record.name, record.short_name, *record.aliases]))
        self._stems[record.id] = [stem_and_word(name)[0] for name in names]
        stem, word = stem_and_word(record.name)
        self._full.setdefault(stem, []).append((word, record.id))

    def _add_short(self, record: OrganizationRecord[K]) -> None:
        """Index what else it is called: each name as it is, without the places of its superiors, without any place."""
        superiors = [stem for ancestor in self._above(record.id)[1:] for stem in self._stems[ancestor]]
        for name in dict.fromkeys(filter(None, [record.name, record.short_name, *record.aliases])):
            stem, word = stem_and_word(name)
            rests = {stem[len(above) :] for above in superiors if above and stem.startswith(above)}
            for rest in {stem, *rests, *(stem[cut:] for cut in _cuts(stem))}:
                if len(rest) > 1 or rest.isdigit():
                    self._short.setdefault(rest, []).append((word, record.id))

    def _above(self, organization: K) -> list[K]:
        """Return an organization and its superiors, the nearest first; a circle ends where it closes."""
        chain: list[K] = []
        at: K | None = organization
        while at is not None and at in self._records and at not in chain:
            chain.append(at)
            at = self._records[at].parent
        return chain

    def kind(self, organization: K) -> str:
        """Return the kind of a known organization."""
        return self._records[organization].kind

    def is_below(self, organization: K, superior: K) -> bool:
        """Tell whether an organization is the other one or lies in its subtree."""
        return superior in self._above(organization)

    def committee_above(self, branch: K) -> K:
        """Return the nearest organization above a branch that is no branch itself; the branch where there is none."""
        above = self._above(branch)[1:]
        return next((key for key in above if self._records[key].kind not in BRANCH_KINDS), branch)

    def itself(self, code: str | None, name: str) -> K | None:
        """Return the organization that has this code, or without one this full name: a closed one is not its successor."""
        found = self._codes.get(code.strip().upper(), []) if code else self._fitting(self._full, *stem_and_word(name))
        if len(found) == 1 or code:
            return found[0] if len(found) == 1 else None
        other = self.find(name)
        return None if other is AMBIGUOUS else other

    def find(self, text: str | None, below: K | None = None) -> K | Ambiguous | None:
        """Return the organization that a text means; of several the one below `below`.

        A bare 第一党支部 means something only below an organization: it is looked for there and nowhere else.
        """
        if not text or len(text) > _LONGEST_NAME:
            return None
        key = (text, below)
        if key not in self._found:
            self._found[key] = self._find(text, below)
        return self._found[key]

    def _find(self, text: str, below: K | None) -> K | Ambiguous | None:
        by_code = self._codes.get(text.strip().upper())
        if by_code:
            return self._one(by_code, below)
        found = self._find_named(text, below)
        return self._find_with_place_behind(text, below) if found is None else found

    def _find_with_place_behind(self, text: str, below: K | None) -> K | Ambiguous | None:
        """Read 大坪村党支部（竹溪镇）: the place that tells it from others stands behind it."""
        match = _PLACE_BEHIND.fullmatch(unicodedata.normalize("NFKC", text).strip())
        return self._find_named(match[2] + match[1], below) if match else None

    def _find_named(self, text: str, below: K | None) -> K | Ambiguous | None:
        stem, word = stem_and_word(text)
        if _is_bare(stem):
            return self._find_bare(stem, word, below)
        full, short = (self._fitting(index, stem, word) for index in (self._full, self._short))
        if full or short:
            return self._nearest(full, short, below)
        # The text may name more places than the record: they must be true of it.
        for cut in _cuts(stem):
            full, short = (
                [key for key in self._fitting(index, stem[cut:], word) if self._lies_in(key, stem, cut)]
                for index in (self._full, self._short)
            )
            if full or short:
                return self._nearest(full, short, below)
        return None

    def _nearest(self, full: list[K], short: list[K], below: K | None) -> K | Ambiguous:
        """Choose: what lies below goes first, then who has this as the full name."""
        if below is not None:
            for found in (full, short):
                if inside := [key for key in found if self.is_below(self._standing(key), below)]:
                    return self._one(inside, below)
        return self._one(full or short, below)

    def _find_bare(self, stem: str, word: str, below: K | None) -> K | Ambiguous | None:
        if below is None or not stem:
            return None
        found = self._fitting(self._short, stem, word)
        children = [key for key in found if self._records[key].parent == below]
        inside = children or [key for key in found if self.is_below(key, below)]
        return self._one(inside, below) if inside else None

    @staticmethod
    def _fitting(index: dict[str, list[tuple[str, K]]], stem: str, word: str) -> list[K]:
        return [key for own, key in index.get(stem, ()) if not word or own == word]

    def _lies_in(self, organization: K, stem: str, cut: int) -> bool:
        known = [own for superior in self._above(organization) for own in self._stems[superior]]
        whole = stem[cut:] == stem_and_word(self._records[organization].name)[0]
        start = 0
        for end in [*(c for c in _cuts(stem) if c < cut), cut]:
            place = stem[start:end]
            if not any(place in own for own in known) and not (whole and _LARGE_PLACE.fullmatch(place)):
                return False
            start = end
        return True

    def _one(self, found: Iterable[K], below: K | None) -> K | Ambiguous:
        standing = list(dict.fromkeys(self._standing(key) for key in found))
        if len(standing) > 1 and below is not None:
            standing = [key for key in standing if self.is_below(key, below)] or standing
        if len(standing) > 1:  # a closed organization gives way to a living one of the same name
            standing = [key for key in standing if not self._records[key].closed] or standing
        return standing[0] if len(standing) == 1 else AMBIGUOUS

    def _standing(self, organization: K) -> K:
        seen = {organization}
        at = organization
        while (after := self._records[at].successor) is not None and after in self._records and after not in seen:
            seen.add(after)
            at = after
        return at


def _cuts(stem: str) -> list[int]:
    """Return where a name may be cut: behind each place at its beginning."""
    cuts: list[int] = []
    start = 0
    while (match := _PLACE.match(stem, start)) and match.end() < len(stem):
        start = match.end()
        cuts.append(start)
    return cuts
