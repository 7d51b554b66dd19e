"""The words of access: roles, permissions, kinds of organisation."""

from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    """What a reader may do. Every view, endpoint and command names the one it asks for."""

    SEE_PERSONS = "see-persons", _("Find persons and read their pages")
    RECORD = "record", _("Record facts by hand")
    CORRECT = "correct", _("Withdraw or correct a statement, with a reason")
    LINK = "link", _("Join two records of one person, and undo it")
    ANSWER = "answer", _("Answer a question")
    RECEIVE_LISTS = "receive-lists", _("Receive a list and record it")
    WITHDRAW_LISTS = "withdraw-lists", _("Withdraw a list as a whole")
    FETCH_FILES = "fetch-files", _("Have a received file back, byte for byte")
    SEE_LISTS = "see-lists", _("See which lists were received, with counts")
    SEE_FIGURES = "see-figures", _("See figures, protected")
    SEE_EXACT_FIGURES = "see-exact-figures", _("See exact figures, not for publication")
    READ_TRAIL = "read-trail", _("Read and verify the trail")
    MANAGE_USERS = "manage-users", _("Invite, deactivate and reset users")
    OPERATE = "operate", _("Set up, check and run the installation")


class Role(models.TextChoices):
    """What a user is here to do. `permissions.OF_ROLE` lists what each may."""

    ADMINISTRATOR = "administrator", _("Administrator")
    CASEWORKER = "caseworker", _("Caseworker")
    TRACER = "tracer", _("Tracer")
    ANALYST = "analyst", _("Analyst")
    AUDITOR = "auditor", _("Auditor")


class OrganisationKind(models.TextChoices):
    """What an organisation is: one that keeps records here, an agency that tells, or another."""

    HOLDER = "holder", _("keeps records here")
    AGENCY = "agency", _("government agency")
    OTHER = "other", _("other organisation")


class Event(models.TextChoices):
    """What an entry of the trail says happened, where `access` itself did it."""

    SET_UP = "access.set-up", _("The installation was set up")
    ORGANISATIONS_NAMED = "access.organisations-named", _("An organisation was named")
    USER_INVITED = "access.user-invited", _("A user was invited")
    USER_DEACTIVATED = "access.user-deactivated", _("A user was deactivated")
    USER_REACTIVATED = "access.user-reactivated", _("A user was made active again")
    USER_RESET = "access.user-reset", _("A user was given a new way in")
    PASSWORD_CHOSEN = "access.password-chosen", _("A user chose a password")
    SIGNED_IN = "access.signed-in", _("A user signed in")
    SIGNED_OUT = "access.signed-out", _("A user signed out")
    TEAM_CHANGED = "access.team-changed", _("A team was changed")
    ACCESS_CHANGED = "access.access-changed", _("Who may see a record was changed")
    TRAIL_READ = "access.trail-read", _("The trail was read")


@dataclass(frozen=True, slots=True)
class Ref:
    """A record named by kind and bare id, so that `access` needs to know no area above it."""

    kind: str
    id: UUID
