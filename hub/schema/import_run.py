"""Runs of ledger import, in GraphQL words."""

from uuid import UUID

import strawberry
from strawberry import ID
from strawberry.file_uploads import Upload

from hub.models import ImportState, LedgerKind
from hub.resolvers import import_run as resolve
from hub.resolvers.node import TypeNumber
from hub.schema.node import Node
from hub.schema.refusal import Refusal
from hub.schema.words import OP_ID, derived, given, identified, leaf, of_rows, optional, result


@strawberry.type(
    description="How often the two sides differ on one field; of participation, how often a word was told."
)
class FieldCount:
    """How often one field or word."""

    field: str = leaf("The word of the statement, or of the enumeration.")
    count: int = leaf("How many.")


@strawberry.type(description="What is wrong with one row of a file. A refused row has exactly one error.")
class RowProblem:
    """What is wrong with one row."""

    sheet: str | None = leaf("The sheet, where the file has several.")
    row: int = leaf("The row as Excel shows it.")
    field: str | None = leaf("The field that is to blame.")
    column: str | None = leaf("The column as Excel names it, in roll calls and reported participation.")
    code: str = leaf("What to switch on, such as IDENTITY_CHECKSUM or DATE_INVALID.")
    message: str = leaf("What to do, in Chinese. Holds no personal data.")


@strawberry.type(description="The JSON report of `hub import`.")
class ImportReport:
    """The report of an import."""

    kind: LedgerKind = leaf("What the ledger lists.")
    rows: int = leaf("Rows that hold something; of a roll call, people's lines.")
    accepted: int = leaf("Rows that go in; of a roll call, marks.")
    new: int = leaf("Of these, new records.")
    updated: int = leaf("Of these, records that change.")
    unchanged: int = leaf("Of these, records that say nothing new.")
    missing: int = leaf("Lines of last time that are not there any more.")
    suggested_returned: int = leaf("Of these, members of whom to ask whether they are still away.")
    matched: int | None = leaf("Liaisons of these rows that have both sides.")
    unmatched: int | None = leaf("Liaisons of these rows that have one side.")
    differences: list[FieldCount] = leaf("On which fields the sides differ, and how often.")
    by_attendance: list[FieldCount] | None = leaf("Roll calls and reports: how often each attendance, by its word.")
    by_mode: list[FieldCount] | None = leaf("Roll calls and reports: how often each mode, by its word.")
    linked: int | None = leaf("Roll calls and reports: how many are counted with a record of the other side.")
    errors: list[RowProblem] = leaf("Refused rows.")
    warnings: list[RowProblem] = leaf("What could not be read in rows that go in all the same.")


@strawberry.type(description="One ledger read for one organization: first a plan, then, on request, its application.")
class ImportRun(Node):
    """One ledger read for one organization."""

    is_type_of = of_rows("plan_digest")

    id: ID = identified(TypeNumber.IMPORT_RUN)
    kind: LedgerKind = leaf("What the ledger lists.")
    state: ImportState = leaf("Where the run stands.")
    done: int = leaf("Rows applied so far.")
    total: int | None = leaf("Rows to apply.")
    plan_digest: str | None = leaf("Names the plan that was shown; applyImport takes it back.")
    report: ImportReport | None = derived(resolve.report, "What the plan says, and after applying, what happened.")
    errors_file: str | None = derived(
        resolve.errors_file,
        "One-time address of a workbook in the shape of the file, holding the refused rows with their reasons.",
    )


@strawberry.input(description="A ledger to be read into a plan. Nothing else is written.")
class ImportLedgerInput:
    """A ledger to be read."""

    op_id: UUID = given(OP_ID)
    file: Upload = given("xlsx, xls or csv.")
    kind: LedgerKind = given("What it lists.")
    organization_id: ID | None = optional("Whose ledger it is; left out: the caller's organization.")
    year: int | None = optional("Of days in a roll call that name none.")


@strawberry.input(description="The application of a plan that was shown.")
class ApplyImportInput:
    """The application of a plan."""

    op_id: UUID = given(OP_ID)
    import_run_id: ID = given("Which run.")
    plan_digest: str = given("The digest of the plan as it was read.")


@strawberry.input(description="Giving a run up: what was applied stays, the upload is forgotten.")
class CancelImportInput:
    """Giving a run up."""

    op_id: UUID = given(OP_ID)
    import_run_id: ID = given("Which run.")


ImportLedgerResult = result(
    "ImportLedgerResult", "The run with its plan, or why the file was refused.", ImportRun, Refusal
)
ApplyImportResult = result("ApplyImportResult", "The run, being applied, or why not.", ImportRun, Refusal)
CancelImportResult = result("CancelImportResult", "The run, given up, or why not.", ImportRun, Refusal)
