"""The stream without the general executor: for documents that select only what an item itself holds.

A partner's subscription says *that* something happened and with which version; reading is another request. Such a
document is understood once; then each item costs a few lookups instead of a whole execution (measured: about 1/20), so
that a reader keeps up while an import writes thousands of events. Any other document goes the general way, and a test
compares both ways item by item.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    validate,
)
from graphql.execution.values import get_argument_values, get_variable_values

from hub.feed import item
from hub.resolvers import event as resolve
from hub.resolvers.context import Context

Read = Callable[[Any, Context], Any]
_LONGEST_DOCUMENT: Final = 4_000
_REMEMBERED: Final = 256
_UNION: Final = "StreamItem"


def _plain(name: str) -> Read:
    return lambda of, _context: getattr(of, name)


def _number(name: str) -> Read:
    def read(of: Any, _context: Context) -> str | None:
        value = getattr(of, name)
        return None if value is None else str(value)

    return read


def _instant(name: str) -> Read:
    return lambda of, _context: getattr(of, name).isoformat()


def _word(name: str) -> Read:
    return lambda of, _context: getattr(of, name).value


_FIELDS: Final[Mapping[str, tuple[type, Mapping[str, Read]]]] = {
    "Event": (
        item.Event,
        {
            "cursor": _plain("cursor"),
            "seq": _number("seq"),
            "prevSeq": _number("prev_seq"),
            "topic": _word("topic"),
            "kind": _word("kind"),
            "aggregate": resolve.aggregate,
            "aggregateVersion": _plain("aggregate_version"),
            "replaces": resolve.replaces,
            "occurredAt": _instant("occurred_at"),
            "recordedAt": _instant("recorded_at"),
        },
    ),
    "Heartbeat": (
        item.Heartbeat,
        {"cursor": _plain("cursor"), "headSeq": _number("head_seq"), "at": _instant("at")},
    ),
    "ResyncRequired": (
        item.ResyncRequired,
        {
            "reason": _word("reason"),
            "oldestCursor": _plain("oldest_cursor"),
            "snapshotCursor": _plain("snapshot_cursor"),
        },
    ),
    "Closing": (
        item.Closing,
        {
            "reason": _word("reason"),
            "resumeAfter": _plain("resume_after"),
            "retryAfterMs": _plain("retry_after_ms"),
        },
    ),
}


@dataclass(frozen=True, slots=True)
class LeafStream:
    """A document that is understood: the key of its answer, and what to read from each kind of item, in order."""

    key: str
    reads: Mapping[type, tuple[tuple[str, Read], ...]]
    _field: FieldNode
    _operation: OperationDefinitionNode

    def arguments(self, schema: GraphQLSchema, variables: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """Return `after` and `topics` as they were given; None where they are not right, which the general way says."""
        found = get_variable_values(schema, self._operation.variable_definitions or (), dict(variables or {}))
        if isinstance(found, list):
            return None
        definition = schema.subscription_type.fields["events"] if schema.subscription_type else None
        if definition is None:
            return None
        try:
            return get_argument_values(definition, self._field, found)
        except GraphQLError:
            return None

    def data(self, of: item.Item, context: Context) -> dict[str, Any]:
        """Return the answer for one item."""
        return {self.key: {name: read(of, context) for name, read in self.reads[type(of)]}}


@lru_cache(maxsize=_REMEMBERED)
def understand(schema: GraphQLSchema, document: str, operation_name: str | None) -> LeafStream | None:
    """Return how to answer a document, or None where it takes the general way."""
    if len(document) > _LONGEST_DOCUMENT:
        return None
    try:
        parsed = parse(document, no_location=True)
    except (GraphQLError, RecursionError):
        return None
    operations = [node for node in parsed.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = {n.name.value: n for n in parsed.definitions if isinstance(n, FragmentDefinitionNode)}
    if len(operations) != 1 or operations[0].operation is not OperationType.SUBSCRIPTION or operations[0].directives:
        return None
    operation = operations[0]
    if operation_name is not None and (operation.name is None or operation.name.value != operation_name):
        return None
    root = operation.selection_set.selections
    if len(root) != 1 or not isinstance(root[0], FieldNode) or root[0].name.value != "events" or root[0].directives:
        return None
    field = root[0]
    if field.selection_set is None or validate(schema, parsed):
        return None
    reads = {}
    for name, (kind, fields) in _FIELDS.items():
        try:
            reads[kind] = tuple(dict(_selected(field.selection_set, name, fields, fragments)).items())
        except _NotLeaf:
            return None
    return LeafStream((field.alias or field.name).value, reads, field, operation)


class _NotLeaf(Exception):
    """Something is selected that an item does not hold itself."""


def _selected(
    selection: SelectionSetNode,
    kind: str,
    fields: Mapping[str, Read],
    fragments: Mapping[str, FragmentDefinitionNode],
) -> Iterator[tuple[str, Read]]:
    """Yield answer key and read of everything that is selected of one kind of item, in the order of the document."""
    for node in selection.selections:
        if node.directives:
            raise _NotLeaf
        if isinstance(node, FieldNode):
            key, name = (node.alias or node.name).value, node.name.value
            if name == "__typename":
                yield key, lambda _of, _context: kind
            elif name in fields:
                yield key, fields[name]
            else:
                raise _NotLeaf
            continue
        fragment: InlineFragmentNode | FragmentDefinitionNode
        if isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
        elif isinstance(node, InlineFragmentNode):
            fragment = node
        else:
            raise _NotLeaf
        condition = fragment.type_condition.name.value if fragment.type_condition else _UNION
        if condition in (kind, _UNION):
            yield from _selected(fragment.selection_set, kind, fields, fragments)
        elif condition not in _FIELDS:
            raise _NotLeaf
