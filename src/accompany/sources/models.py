"""Tables of sources: who said so, the lists received with their rows, and what they leave open."""

from typing import Any, ClassVar, Generic, Self, TypeVar

from django.db import models
from django.db.models import Q

from accompany.access.models import Organisation
from accompany.access.trail import Known
from accompany.base.ids import IdField, uuid7
from accompany.base.privacy import Privacy
from accompany.base.tables import TableKind
from accompany.sources.terms import Certainty, How, Outcome, RowKind, Step, Teller

# The names that sealed fields are bound to: they outlive any renaming of the columns.
RAW_FIELD = "sources_receivedrow.raw"
FILE_NAME_FIELD = "sources_receivedlist.file_name"
HEADING_FIELD = "sources_receivedlist.heading"
MAPPING_FIELD = "sources_receivedlist.mapping"
PIECE_FIELD = "sources_filepiece.content"
TELLING_FIELD = "sources_telling.words"
ANSWER_FIELD = "sources_answer.words"

S = TypeVar("S", bound="Statement")


class Telling(models.Model):
    """One occasion on which somebody told us something."""

    kept_as = TableKind.LEDGER
    persons: ClassVar[tuple[str, ...]] = ("person",)
    privacy = Privacy(
        sealed={"words"},
        sensitive={"person", "received_by"},
        open={"id", "teller", "organisation", "document", "how", "told_on", "recorded_in"},
    )

    id = IdField(primary_key=True, default=uuid7)
    teller = models.TextField(choices=Teller)
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = IdField(null=True)
    document = models.TextField(null=True)
    words = models.BinaryField(null=True)
    how = models.TextField(choices=How)
    told_on = models.DateField(null=True)
    received_by = IdField(null=True)
    recorded_in = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="telling_has_its_teller",
                condition=Q(teller="organisation", organisation__isnull=False)
                | Q(teller="person", person__isnull=False)
                | Q(teller="document", document__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"telling {self.pk}"


class StatementQuerySet(models.QuerySet["S"], Generic[S]):
    """Statements, and which of them stood when."""

    def now(self) -> Self:
        """Those on record now: not withdrawn."""
        return self.filter(withdrawn_in=None)

    def as_known_on(self, known: Known) -> Self:
        """Those on record at a sealed position of the trail, the same for ever."""
        came = Q(recorded_in__lte=known.upto)
        stood = Q(withdrawn_in=None) | Q(withdrawn_in__gt=known.upto)
        if known.late:
            came &= ~Q(recorded_in__in=known.late)
            stood |= Q(withdrawn_in__in=known.late)
        return self.filter(came, stood)

    def standing(self, known: Known | None) -> Self:
        """Those at a position, or now."""
        return self.now() if known is None else self.as_known_on(known)


def managed(queryset: type[models.QuerySet[Any]]) -> Any:
    """A manager of these querysets. Its type is dropped: stubs take it for another model's."""
    return queryset.as_manager()


class Statement(models.Model):
    """
    What a source said, kept as said.

    `recorded_in` and `withdrawn_in` are the numbers of the entries in which it came and went.
    `persons` lists the columns that name persons: erasure and walls follow them. What names another
    than who is erased keeps their place empty, unless it says nothing without them
    (`is_kept_for_others`); statements that have the value of the column `together` in common name
    each other's persons too. `words_in` is the column of what holds words about these persons under
    a key of its own, which is destroyed with theirs.
    """

    kept_as = TableKind.STATEMENT
    persons: ClassVar[tuple[str, ...]] = ()
    is_kept_for_others: ClassVar[bool] = True
    together: ClassVar[str | None] = None
    words_in: ClassVar[str | None] = None
    common: ClassVar[Privacy] = Privacy(
        open={"id", "source", "certainty", "learned_on", "row", "recorded_in", "withdrawn_in"}
    )

    id = IdField(primary_key=True, default=uuid7)
    # No constraints on these two: rows there are never deleted, and checks would cost most of an
    # import on PostgreSQL. `verify` checks them.
    source = models.ForeignKey(
        Telling, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    certainty = models.TextField(choices=Certainty)
    learned_on = models.DateField()
    row = models.ForeignKey(
        "sources.ReceivedRow",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    recorded_in = models.BigIntegerField()
    withdrawn_in = models.BigIntegerField(null=True)

    objects: ClassVar[Any] = managed(StatementQuerySet)

    class Meta:
        abstract = True
        indexes = (
            # What an entry brought, and what a row of it brought.
            models.Index(fields=("recorded_in", "row"), name="%(class)s_came"),
        )

    def __str__(self) -> str:
        return f"{type(self).__name__.lower()} {self.pk}"


class ReceivedList(Statement):
    """A file that was received as a list; its rows are kept as received."""

    privacy = Statement.common + Privacy(
        sealed={"file_name", "heading", "mapping"},
        open={
            "code",
            "holder",
            "layout",
            "digest",
            "received_on",
            "as_of",
            "format",
            "encoding",
            "delimiter",
            "loaded_by",
        },
    )

    code = models.TextField(unique=True)
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    layout = models.TextField()
    digest = models.BinaryField(help_text="Keyed; by it a file received twice is recognised.")
    received_on = models.DateField()
    as_of = models.DateField(null=True)
    file_name = models.BinaryField()
    heading = models.BinaryField(help_text="Sealed, since an unknown heading may be a name.")
    mapping = models.BinaryField(null=True, help_text="The mapping file that was used, sealed.")
    format = models.TextField()
    encoding = models.TextField()
    delimiter = models.TextField()
    loaded_by = IdField(null=True)

    objects: ClassVar[Any] = managed(StatementQuerySet)

    class Meta(Statement.Meta):
        constraints = (
            models.UniqueConstraint(
                name="list_received_once",
                fields=("holder", "digest"),
                condition=Q(withdrawn_in=None),
            ),
        )


class ReceivedRow(models.Model):
    """One row of a received file, exactly as received, sealed under a key of its own."""

    kept_as = TableKind.LEDGER
    privacy = Privacy(
        sealed={"raw"}, open={"id", "of", "place", "sheet", "kind", "holder", "mac", "recorded_in"}
    )

    id = IdField(primary_key=True, default=uuid7)
    of = models.ForeignKey(
        ReceivedList,
        on_delete=models.PROTECT,
        related_name="rows",
        db_constraint=False,
        db_index=False,
    )
    place = models.IntegerField(help_text="As a person counts the rows of the file, from 1.")
    sheet = models.SmallIntegerField(help_text="The sheet's number in a workbook, else 0.")
    kind = models.TextField(choices=RowKind)
    raw = models.BinaryField()
    holder = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    mac = models.BinaryField(help_text="Over the row and every statement it brought.")
    recorded_in = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(name="row_has_its_place", fields=("of", "sheet", "place")),
        )

    def __str__(self) -> str:
        return f"row {self.pk}"


class ErasedRow(models.Model):
    """
    That a received row was erased: its key is destroyed, and nobody can open it again.

    `mac` binds the row anew to what is left of what it brought; the newest one holds.
    """

    kept_as = TableKind.LEDGER
    privacy = Privacy(open={"id", "row", "mac", "recorded_in"})

    id = IdField(primary_key=True, default=uuid7)
    row = IdField()
    mac = models.BinaryField()
    recorded_in = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="row_erased_once_a_time", fields=("row", "recorded_in")),
        )

    def __str__(self) -> str:
        return f"erased row {self.pk}"


class FilePiece(models.Model):
    """
    A piece of a file that its rows do not give back byte for byte (a workbook), sealed.

    Each under a key of its own: erased with the first row of the file that is.
    """

    kept_as = TableKind.LEDGER
    privacy = Privacy(sealed={"content"}, open={"id", "of", "position", "recorded_in"})

    id = IdField(primary_key=True, default=uuid7)
    of = models.ForeignKey(ReceivedList, on_delete=models.PROTECT, related_name="pieces")
    position = models.IntegerField()
    content = models.BinaryField()
    recorded_in = models.BigIntegerField()

    def __str__(self) -> str:
        return f"piece {self.pk}"


class Question(models.Model):
    """Something the record leaves open, as a rule finds it. Derived: rebuilt at any time."""

    kept_as = TableKind.DERIVED
    persons: ClassVar[tuple[str, ...]] = ("person",)
    privacy = Privacy(
        sensitive={"person"},
        open={
            "id",
            "kind",
            "key",
            "holder",
            "of",
            "row",
            "place",
            "column",
            "since",
            "earlier_sheet",
            "earlier_place",
        },
    )

    id = IdField(primary_key=True, default=uuid7)
    kind = models.TextField()
    key = models.BinaryField(unique=True)
    holder = IdField()
    person = IdField(null=True, db_index=True)
    of = IdField(null=True)
    row = IdField(null=True)
    place = models.IntegerField(null=True)
    column = models.TextField(null=True)
    since = models.DateField(null=True)
    earlier_sheet = models.SmallIntegerField(null=True, help_text="Of the row that is repeated.")
    earlier_place = models.IntegerField(null=True, help_text="Of the row that is repeated.")

    class Meta:
        indexes = (
            models.Index(fields=("holder", "kind", "since", "id"), name="question_waits"),
            models.Index(fields=("of", "kind", "since", "id"), name="question_of_list"),
        )

    def __str__(self) -> str:
        return f"question {self.pk}"


class Answer(Statement):
    """What somebody answered to a question; it holds for as long as the question can rise."""

    persons: ClassVar[tuple[str, ...]] = ("person",)
    privacy = Statement.common + Privacy(
        sealed={"words"}, sensitive={"person"}, open={"question", "kind", "outcome", "of"}
    )

    question = models.BinaryField(db_index=True, help_text="The question's key.")
    kind = models.TextField()
    person = IdField(null=True, db_index=True)
    of = IdField(null=True, help_text="The received list, where the question is about one.")
    outcome = models.TextField(choices=Outcome)
    words = models.BinaryField(null=True)

    objects: ClassVar[Any] = managed(StatementQuerySet)


class Incoming(models.Model):
    """A file under way: uploaded, looked at, being recorded. A job, gone when it is done."""

    kept_as = TableKind.ACCOUNTS
    is_transient: ClassVar[bool] = True
    privacy = Privacy(
        sealed={"file_name", "mapping", "sheet"},
        open={
            "id",
            "holder",
            "by",
            "teller",
            "layout",
            "received_on",
            "as_of",
            "step",
            "size",
            "done",
            "of",
            "result",
            "objections",
            "list_code",
            "sent_at",
            "beat_at",
        },
    )

    id = IdField(primary_key=True, default=uuid7)
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = IdField()
    teller = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    layout = models.TextField()
    file_name = models.BinaryField()
    mapping = models.BinaryField(null=True)
    sheet = models.BinaryField(null=True)
    received_on = models.DateField()
    as_of = models.DateField(null=True)
    step = models.TextField(choices=Step)
    size = models.BigIntegerField(help_text="Of the file, in bytes.")
    done = models.BigIntegerField(default=0, help_text="Rows so far.")
    of = models.BigIntegerField(null=True, help_text="Rows in all, once they are counted.")
    result = models.TextField(default="{}", help_text="Counts, as JSON.")
    objections = models.TextField(default="[]", help_text="Why it was refused, as JSON.")
    list_code = models.TextField(default="")
    sent_at = models.DateTimeField()
    beat_at = models.DateTimeField(help_text="When the job last showed that it lives.")

    def __str__(self) -> str:
        return f"incoming {self.pk}"
