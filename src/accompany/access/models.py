"""Tables of access: who works here, who may see what, the trail, and the vault."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q

from accompany.access.permissions import OF_ROLE
from accompany.access.terms import (
    FactorKind,
    LentFor,
    OrganisationKind,
    Permission,
    Role,
    Vain,
)
from accompany.base import clock
from accompany.base.ids import IdField, uuid7
from accompany.base.privacy import Privacy
from accompany.base.tables import TableKind


class Organisation(models.Model):
    """An organisation: one that keeps records here, or one that tells us of people."""

    kept_as = TableKind.ACCOUNTS
    privacy = Privacy(open={"id", "code", "name", "kind"})

    id = IdField(primary_key=True, default=uuid7)
    code = models.TextField(unique=True, help_text="A short word for commands, such as `orr`.")
    name = models.TextField(unique=True)
    kind = models.TextField(choices=OrganisationKind)

    def __str__(self) -> str:
        return self.code


class User(AbstractBaseUser):
    """A person who works with the record, in one organisation and one role."""

    kept_as = TableKind.ACCOUNTS
    privacy = Privacy(
        sealed={"sealed_name"},
        sensitive={"username", "password", "last_login", "used_on"},
        open={
            "id",
            "organisation",
            "role",
            "language",
            "is_active",
            "made_by_setup",
            "must_choose_password",
            "locked_at",
            "locked_by",
            "lock_seen_by",
        },
    )

    id = IdField(primary_key=True, default=uuid7)
    username = models.TextField(unique=True)
    sealed_name = models.BinaryField(help_text="How colleagues call them.")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="users")
    role = models.TextField(choices=Role)
    language = models.TextField(default="en")
    is_active = models.BooleanField(default=True)
    made_by_setup = models.BooleanField(default=False)
    must_choose_password = models.BooleanField(default=False)
    used_on = models.DateField(
        default=clock.today, help_text="The last day on which it was used, or was renewed."
    )
    locked_at = models.DateTimeField(null=True, help_text="Nobody signs in until it is reset.")
    locked_by = IdField(null=True)
    lock_seen_by = IdField(null=True, help_text="The administrator who took note of it.")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="one_administrator_of_the_set_up",
                fields=("made_by_setup",),
                condition=Q(made_by_setup=True),
            ),
        )

    def __str__(self) -> str:
        return f"user {self.pk}"

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this user's role may do."""
        return OF_ROLE[Role(self.role)]


class Team(models.Model):
    """Some users of one organisation who work on the same persons."""

    kept_as = TableKind.ACCOUNTS
    privacy = Privacy(open={"id", "organisation", "name"})

    id = IdField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    name = models.TextField()
    members = models.ManyToManyField(User, through="TeamMember", related_name="teams")

    class Meta:
        constraints = (
            models.UniqueConstraint(name="team_named_once", fields=("organisation", "name")),
        )

    def __str__(self) -> str:
        return f"team {self.pk}"


class TeamMember(models.Model):
    """One user's place in one team."""

    kept_as = TableKind.ACCOUNTS
    privacy = Privacy(open={"id", "team", "user"})

    id = IdField(primary_key=True, default=uuid7)
    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)

    class Meta:
        constraints = (models.UniqueConstraint(name="member_once", fields=("team", "user")),)

    def __str__(self) -> str:
        return f"member {self.pk}"


class Wall(models.Model):
    """A person whom, within the organisation that holds the record, only this team may see."""

    kept_as = TableKind.ACCOUNTS
    persons: ClassVar[tuple[str, ...]] = ("record",)
    privacy = Privacy(sensitive={"record"}, open={"id", "team"})

    id = IdField(primary_key=True, default=uuid7)
    record = IdField(db_index=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT)

    class Meta:
        constraints = (models.UniqueConstraint(name="wall_once", fields=("record", "team")),)

    def __str__(self) -> str:
        return f"wall {self.pk}"


class Lent(models.Model):
    """
    A person whom others may see from one moment until another, and not change.

    All who see persons in the organisation `to`, or of them `user` alone.
    """

    kept_as = TableKind.ACCOUNTS
    persons: ClassVar[tuple[str, ...]] = ("record",)
    privacy = Privacy(sensitive={"record"}, open={"id", "to", "user", "kind", "since", "until"})

    id = IdField(primary_key=True, default=uuid7)
    record = IdField(db_index=True)
    to = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    kind = models.TextField(choices=LentFor)
    since = models.DateTimeField()
    until = models.DateTimeField(help_text="The first moment no longer.")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="lent_does_not_end_before_it_begins", condition=Q(until__gte=F("since"))
            ),
        )

    def __str__(self) -> str:
        return f"lent {self.pk}"


class Case(models.Model):
    """What companions of one organisation accompany: some persons, most often one family."""

    kept_as = TableKind.ACCOUNTS
    privacy = Privacy(open={"id", "code", "organisation"})

    id = IdField(primary_key=True, default=uuid7)
    code = models.TextField(unique=True, help_text="Drawn as the codes of persons are.")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cases")

    def __str__(self) -> str:
        return f"case {self.code}"


class CaseRecord(models.Model):
    """A person whom a case is about."""

    kept_as = TableKind.ACCOUNTS
    persons: ClassVar[tuple[str, ...]] = ("record",)
    privacy = Privacy(sensitive={"record"}, open={"id", "case"})

    id = IdField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="records")
    record = IdField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="case_record_once", fields=("case", "record")),)

    def __str__(self) -> str:
        return f"case record {self.pk}"


class CaseMember(models.Model):
    """A user's place in one case, and on what day they last opened a record of it."""

    kept_as = TableKind.ACCOUNTS
    privacy = Privacy(sensitive={"used_on"}, open={"id", "case", "user"})

    id = IdField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="cases")
    used_on = models.DateField(default=clock.today)

    class Meta:
        constraints = (models.UniqueConstraint(name="case_member_once", fields=("case", "user")),)

    def __str__(self) -> str:
        return f"case member {self.pk}"


class SignInAttempt(models.Model):
    """One failed sign-in, by keyed digest of what was tried and from where; for throttling."""

    kept_as = TableKind.ACCOUNTS
    is_transient: ClassVar[bool] = True
    privacy = Privacy(sensitive={"tried", "origin"}, open={"id", "at"})

    id = IdField(primary_key=True, default=uuid7)
    tried = models.BinaryField(db_index=True)
    origin = models.BinaryField(db_index=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class InVain(models.Model):
    """How often one account, or nobody, tried one kind of thing in vain within one hour."""

    kept_as = TableKind.ACCOUNTS
    is_transient: ClassVar[bool] = True
    privacy = Privacy(sensitive={"account"}, open={"id", "hour", "kind", "times"})

    id = IdField(primary_key=True, default=uuid7)
    hour = models.DateTimeField(help_text="Its first moment.")
    account = IdField(help_text="`terms.NOBODY` for who is not signed in.")
    kind = models.TextField(choices=Vain)
    times = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="in_vain_counted_once", fields=("hour", "account", "kind")
            ),
        )

    def __str__(self) -> str:
        return f"in vain {self.pk}"


class SecondFactor(models.Model):
    """
    One thing beside the password by which a user proves who they are.

    Sealed under the user's key: the secret of an app's codes, a passkey's public half, or the
    digest of a recovery code. `counter`: the step of the last code of an app that was taken, or how
    often a passkey says it has signed.
    """

    kept_as = TableKind.ACCOUNTS
    privacy = Privacy(
        sealed={"sealed_name", "sealed_secret"},
        sensitive={"used_at"},
        open={"id", "user", "kind", "counter", "made_at"},
    )

    id = IdField(primary_key=True, default=uuid7)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="factors")
    kind = models.TextField(choices=FactorKind)
    sealed_name = models.BinaryField(help_text="How its owner calls it.")
    sealed_secret = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"second factor {self.pk}"


class Session(models.Model):
    """
    What one browser is remembered by until it is signed out, idle or ended.

    The browser alone holds the session's key; here lies its keyed digest, and what is remembered is
    sealed under a key that hangs on it. `is_open`: its user is signed in, and nowhere else.
    """

    kept_as = TableKind.ACCOUNTS
    is_transient: ClassVar[bool] = True
    privacy = Privacy(
        sealed={"content"},
        sensitive={"key", "device", "seen_at"},
        open={"id", "user", "is_open", "began_at", "until"},
    )

    id = IdField(primary_key=True, default=uuid7)
    key = models.BinaryField(unique=True)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="sessions")
    is_open = models.BooleanField(default=False)
    device = models.TextField(help_text="Browser and system in two words.")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    until = models.DateTimeField(db_index=True, help_text="The first moment no longer.")
    content = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="one_open_session_of_a_user", fields=("user",), condition=Q(is_open=True)
            ),
        )

    def __str__(self) -> str:
        return f"session {self.pk}"


class WayIn(models.Model):
    """An address that lets a user in once, made at the terminal; here lies its keyed digest."""

    kept_as = TableKind.ACCOUNTS
    is_transient: ClassVar[bool] = True
    privacy = Privacy(sensitive={"digest"}, open={"id", "user", "until"})

    id = IdField(primary_key=True, default=uuid7)
    digest = models.BinaryField(unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="ways_in")
    until = models.DateTimeField(help_text="The first moment no longer.")

    def __str__(self) -> str:
        return f"way in {self.pk}"


class Entry(models.Model):
    """
    One entry of the trail: a change, or a look at sealed data. Codes and counts, never values.

    `mac` is keyed, over everything in the entry and the records it is about, in their order.
    """

    kept_as = TableKind.LEDGER
    privacy = Privacy(
        sealed={"reason"},
        sensitive={"actor"},
        open={"number", "at", "at_terminal", "event", "counts", "brings", "reason_of", "mac"},
    )

    number = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = IdField(null=True)
    at_terminal = models.BooleanField()
    event = models.TextField()
    counts = models.TextField(help_text="Names and whole numbers, as JSON with sorted keys.")
    brings = models.BooleanField(help_text="Statements or withdrawals came with it.")
    reason = models.BinaryField(null=True)
    reason_of = IdField(null=True, help_text="The record under whose key the reason is sealed.")
    mac = models.BinaryField()

    class Meta:
        # By number too: how fast somebody reads is asked before every page.
        indexes = (models.Index(fields=("actor", "number"), name="entry_of_actor"),)

    def __str__(self) -> str:
        return f"entry {self.number}"


class About(models.Model):
    """One record that an entry of the trail is about, by kind and bare id."""

    kept_as = TableKind.LEDGER
    privacy = Privacy(sensitive={"record"}, open={"id", "entry", "position", "kind"})

    id = IdField(primary_key=True, default=uuid7)
    entry = models.BigIntegerField()
    position = models.IntegerField()
    kind = models.TextField()
    record = IdField()

    class Meta:
        indexes = (
            models.Index(fields=("record", "entry"), name="about_record"),
            models.Index(fields=("entry",), name="about_entry"),
        )

    def __str__(self) -> str:
        return f"about {self.pk}"


class Brought(models.Model):
    """What one change brought, bound to its entry: a keyed MAC over all its rows and statements."""

    kept_as = TableKind.LEDGER
    privacy = Privacy(open={"entry", "rows", "statements", "mac"})

    entry = models.BigIntegerField(primary_key=True)
    rows = models.BigIntegerField(help_text="Received rows.")
    statements = models.BigIntegerField(help_text="Statements that came by no row.")
    mac = models.BinaryField()

    def __str__(self) -> str:
        return f"brought by {self.entry}"


class Erased(models.Model):
    """
    What one erasure took from what one entry had brought: a keyed sum, and to whom it leads nobody.

    With it the rest of what the entry brought is still verified.
    """

    kept_as = TableKind.LEDGER
    privacy = Privacy(open={"id", "entry", "lines", "sum", "recorded_in"})

    id = IdField(primary_key=True, default=uuid7)
    entry = models.BigIntegerField(help_text="The entry that brought it.")
    lines = models.BigIntegerField(help_text="How many less than before.")
    sum = models.BinaryField()
    recorded_in = models.BigIntegerField(db_index=True, help_text="The entry of the erasure.")

    def __str__(self) -> str:
        return f"erased {self.pk}"


class Batch(models.Model):
    """Entries sealed together, in commit order, chained to the batch before."""

    kept_as = TableKind.LEDGER
    privacy = Privacy(open={"number", "sealed_at", "first", "upto", "entries", "digest"})

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField(db_index=True)
    first = models.BigIntegerField()
    upto = models.BigIntegerField(help_text="The highest number in this batch or any before.")
    entries = models.BinaryField(help_text="The numbers, 8 bytes each, in ascending order.")
    digest = models.BinaryField()

    def __str__(self) -> str:
        return f"batch {self.number}"


class Waiting(models.Model):
    """An entry that is in no batch yet."""

    kept_as = TableKind.DERIVED
    privacy = Privacy(open={"number"})

    number = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"waiting {self.number}"


class Key(models.Model):
    """The data key of one person, row, list or user, wrapped. Destroyed on erasure."""

    kept_as = TableKind.VAULT
    persons: ClassVar[tuple[str, ...]] = ("record",)
    privacy = Privacy(sealed={"wrapped"}, sensitive={"record"}, open={"kind", "epoch"})

    record = IdField(primary_key=True)
    kind = models.TextField()
    epoch = models.IntegerField()
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return f"key {self.pk}"


class Wrapping(models.Model):
    """
    One wrapping key of the vault, by its number; the newest is the one that keys are wrapped under.

    `proof` is known text sealed by it: by that the key that belongs to this record is told.
    """

    kept_as = TableKind.VAULT
    privacy = Privacy(open={"epoch", "proof", "begun_at", "done_at", "destroyed_at"})

    epoch = models.IntegerField(primary_key=True)
    proof = models.BinaryField()
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, help_text="When every key was wrapped by it.")
    destroyed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"wrapping key {self.epoch}"


class Digest(models.Model):
    """The keyed digest of one exact identifier, by which it is found. Destroyed on erasure."""

    kept_as = TableKind.VAULT
    persons: ClassVar[tuple[str, ...]] = ("person",)
    privacy = Privacy(sealed={"digest"}, sensitive={"identifier", "person"}, open={"id", "kind"})

    id = IdField(primary_key=True, default=uuid7)
    kind = models.TextField()
    digest = models.BinaryField()
    identifier = IdField(db_index=True)
    person = IdField(db_index=True)

    class Meta:
        indexes = (models.Index(fields=("digest",), name="digest_of_identifier"),)

    def __str__(self) -> str:
        return f"digest {self.pk}"
