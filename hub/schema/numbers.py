"""Numbers in full are refused in subscriptions and to partners, before anything is read."""

from typing import Any

from graphql import FieldNode, GraphQLError, OperationDefinitionNode, OperationType, ValidationRule

IN_FULL = {("Member", "phone"), ("OutflowStatement", "phone"), ("InflowStatement", "phone")}


class _Refused(ValidationRule):
    """Refuse each selection of a number in full in documents that `applies` names."""

    def applies(self) -> bool:
        """Whether this document may not select numbers in full."""
        raise NotImplementedError

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        """Look at one selection."""
        parent = self.context.get_parent_type()
        if parent is not None and (parent.name, node.name.value) in IN_FULL and self.applies():
            self.report_error(
                GraphQLError(
                    f"`{node.name.value}` 不在此处提供，请用 `phoneMasked`。 Not here: use `phoneMasked`.",
                    node,
                    extensions={"code": "NOT_ALLOWED"},
                )
            )


class RefusedToPartners(_Refused):
    """For partners' tokens: everywhere."""

    def applies(self) -> bool:
        """Whether this document may not select numbers in full."""
        return True


class RefusedInStreams(_Refused):
    """For all others: in subscriptions, which repeat by themselves and would disclose without being asked."""

    def applies(self) -> bool:
        """Whether this document may not select numbers in full."""
        return any(
            isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.SUBSCRIPTION
            for definition in self.context.document.definitions
        )
