"""The schema holds everything of the published contract, described, and the golden file is current."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
    print_ast,
)

from hub.schema.server import print_sdl

CONTRACT = Path(__file__).parent.parent / "contract" / "contract.graphql"
GOLDEN = Path(__file__).parent.parent.parent / "schema.graphql"


@pytest.fixture(scope="module")
def promised() -> GraphQLSchema:
    # Keeps only what the SDL of the contract names: its comments are for people.
    return build_schema(CONTRACT.read_text())


@pytest.fixture(scope="module")
def served() -> GraphQLSchema:
    return build_schema(print_sdl())


def words(schema: GraphQLSchema) -> dict[str, str]:
    """Every type, field, argument, value and member with its type and default, by its path."""
    found: dict[str, str] = {}
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        found[name] = type(kind).__name__
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for interface in kind.interfaces:
                found[f"{name} implements {interface.name}"] = ""
            for field, definition in kind.fields.items():
                found[f"{name}.{field}"] = str(definition.type)
                for argument, given in definition.args.items():
                    found[f"{name}.{field}({argument})"] = said(given)
        elif isinstance(kind, GraphQLInputObjectType):
            for field, definition in kind.fields.items():
                found[f"{name}.{field}"] = said(definition)
        elif isinstance(kind, GraphQLEnumType):
            found |= {f"{name}.{value}": "" for value in kind.values}
        elif isinstance(kind, GraphQLUnionType):
            found |= {f"{name} = {member.name}": "" for member in kind.types}
    return found


def said(given) -> str:
    node = given.ast_node.default_value
    return f"{given.type} = {print_ast(node)}" if node else str(given.type)


def test_everything_that_the_contract_names_is_there_with_the_same_type_and_default(promised, served):
    there = words(served)
    missing = {path: (kind, there.get(path)) for path, kind in words(promised).items() if there.get(path) != kind}
    assert missing == {}


def test_the_contract_is_not_empty(promised):
    assert len(words(promised)) > 700


def test_an_added_input_field_is_never_mandatory(promised, served):
    """What is added to the contract must not break a client that knows nothing of it."""
    known = words(promised)
    for path, kind in words(served).items():
        owner = path.partition(".")[0]
        is_input = isinstance(served.type_map.get(owner), GraphQLInputObjectType) and "." in path
        # Whoever does not know a new field does not leave out its arguments either.
        is_argument = "(" in path and path.partition("(")[0] in known
        if path not in known and owner in known and (is_input or is_argument):
            assert not kind.endswith("!"), path


def test_every_word_is_described(served):
    bare = []
    for name, kind in served.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if not kind.description:
            bare.append(name)
        for field, definition in getattr(kind, "fields", {}).items():
            if not definition.description:
                bare.append(f"{name}.{field}")
            bare += [
                f"{name}.{field}({a})" for a, given in getattr(definition, "args", {}).items() if not given.description
            ]
        bare += [f"{name}.{value}" for value, given in getattr(kind, "values", {}).items() if not given.description]
    assert bare == []


def test_the_golden_schema_is_current():
    assert GOLDEN.read_text() == print_sdl(), "run `make schema` and look at what changes"


def test_fields_that_may_be_hidden_are_nullable(served):
    """A field that leads to a record under a predicate may be null: the record may not be for the reader."""
    exempt = {"node", "cursor", "viewer"}
    for name, kind in served.type_map.items():
        if not isinstance(kind, GraphQLObjectType) or is_introspection_type(kind):
            continue
        if name.endswith(("Connection", "Edge")) or name == "Query":
            continue
        for field, definition in kind.fields.items():
            target = getattr(definition.type, "of_type", None)
            if isinstance(target, GraphQLObjectType) and field not in exempt and target.name != "PageInfo":
                raise AssertionError(f"{name}.{field} must be nullable")
