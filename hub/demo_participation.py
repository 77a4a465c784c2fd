"""The demo of organizational life: a roll call crosses to the home branch, and an inquiry stands before a decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import uuid4


class Calls(Protocol):
    """A caller of the GraphQL endpoint."""

    async def run(self, document: str, **variables: Any) -> dict[str, Any]:
        """Run one operation and return its data."""


_MATCHED = """
query Matched {
  viewer { organization { id } }
  departures(states: [MATCHED], first: 50) {
    edges { node { id member { id name } transfer { id } inflow { branch { name } organization { id } } } }
  }
}
"""
_SUMMARY = """
query Quarter($organization: ID!, $year: Int!) {
  participationSummaries(organization: $organization, year: $year) {
    edges { node { member { id name } attended excused unexcused unheard unacknowledged } }
  }
}
"""
_OPEN = "query Open($member: ID!) { member(id: $member) { openEvidence { kind } contact { state since } } }"


async def _call(caller: Calls, mutation: str, fields: str, **given: Any) -> dict[str, Any]:
    name = mutation[0].upper() + mutation[1:]
    data = await caller.run(
        f"mutation Do($input: {name}Input!) {{ {mutation}(input: $input) {{ __typename {fields}"
        " ... on Refusal { code message } } }",
        input={"opId": str(uuid4()), **given},
    )
    found: dict[str, Any] = data[mutation]
    return found


async def walk(branch: Calls, street: Calls, say: Callable[[str], None], day: date) -> None:
    """Show how participation reaches the branch that judges, and that nothing adverse passes an open inquiry."""
    found = await branch.run(_MATCHED)
    organization = found["viewer"]["organization"]["id"]
    nodes = [edge["node"] for edge in found["departures"]["edges"] if edge["node"]["transfer"] is None]
    if not nodes:
        return
    say("\n组织生活演示 / organizational life: 流入地点名册 → 白杨村党支部确认")
    summaries = (await branch.run(_SUMMARY, organization=organization, year=day.year))["participationSummaries"]
    by_member = {edge["node"]["member"]["id"]: edge["node"] for edge in summaries["edges"] if edge["node"]["member"]}
    waiting = [node for node in nodes if (by_member.get(node["member"]["id"]) or {}).get("unacknowledged")]
    liaison = (waiting or nodes)[0]
    member = liaison["member"]["id"]
    seen = by_member.get(member)
    if seen is not None:
        say(
            f"  1 支部看到本年 / the branch sees of one member: 参加 attended {seen['attended']}，请假 excused {seen['excused']}，"
            f"待听取说明 unheard {seen['unheard']}，待确认 to acknowledge {seen['unacknowledged']}"
        )
    done = 0
    for month in range(1, day.month + 1):
        answer = await _call(
            branch,
            "acknowledgeMonth",
            "... on Acknowledged { count }",
            memberId=member,
            month=f"{day.year}-{month:02}",
        )
        done += answer.get("count", 0)
    say(f"  2 按月确认 / acknowledged by the month: {done} 条 / records")
    await _inquire(branch, street, say, day, member)


async def _inquire(branch: Calls, street: Calls, say: Callable[[str], None], day: date, member: str) -> None:
    period = {"fromOn": (day - timedelta(days=180)).isoformat(), "toOn": day.isoformat()}
    asked = await _call(
        branch,
        "openInquiry",
        "... on Inquiry { id version dueOn }",
        memberId=member,
        question="请告知参加情况",
        **period,
    )
    if asked["__typename"] == "Refusal":
        say(f"  3 协查未发出 / the inquiry was not sent: {asked['message']}")
        return
    say(f"  3 支部发出协查函，应于 / the branch inquires, due on {asked['dueOn']}")
    decision = {
        "memberId": member,
        "kind": "SUSPENDED",
        "decidedOn": day.isoformat(),
        "decidedBy": "支部党员大会（演示）",
    }
    refused = await _call(branch, "recordMembershipDecision", "... on Member { id }", **decision)
    say(f"  4 此时登记停止党籍被拒 / a suspension is refused now: {refused.get('code')}")
    say(f"      {refused.get('message')}")
    answered = await _call(
        street,
        "answerInquiry",
        "... on Inquiry { state }",
        inquiryId=asked["id"],
        version=asked["version"],
        answer="该党员按时参加主题党日和集中培训",
    )
    say(f"  5 新港街道党工委答复 / the street committee answers: {answered.get('state') or answered.get('code')}")
    left = (await branch.run(_OPEN, member=member))["member"]
    evidence: list[Mapping[str, Any]] = left["openEvidence"] or []
    state = (left["contact"] or {}).get("state")
    say(f"  6 未处理的证据 / evidence still open: {len(evidence)}；联系状况 / contact: {state}")
