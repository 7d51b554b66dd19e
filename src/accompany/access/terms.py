"""The words of access: roles, permissions, kinds of organisation."""

from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    """What a reader may do. Every view, endpoint and command names the one it asks for."""

    SEE_PERSONS = "see-persons", _("Find persons and read their pages")
    SEE_EVERY_CASE = "see-every-case", _("See every person here, not only those of one’s cases")
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
    ERASE = "erase", _("Erase a person, as the second of two who decide it")
    READ_TRAIL = "read-trail", _("Read and verify the trail")
    REFER = "refer", _("Refer a person to another organisation, or be the second who confirms it")
    EXPORT_RECORD = "export-record", _("Make the file of one person who was referred")
    LOG_DEMANDS = "log-demands", _("Log a demand for data, and see which were logged")
    DECIDE_DEMANDS = "decide-demands", _("Read demands for data, answer them and record what left")
    COUNSEL_NOTES = "counsel-notes", _("Read and write the privileged notes of counsel")
    THERAPY_NOTES = "therapy-notes", _("Read and write the privileged notes of therapy")
    ASK_OTHERS = "ask-others", _("Ask other organisations about somebody")
    ANSWER_OTHERS = "answer-others", _("See what other organisations ask, and answer or not")
    MANAGE_USERS = "manage-users", _("Invite, deactivate and reset users")
    OPERATE = "operate", _("Set up, check and run the installation")


class Role(models.TextChoices):
    """What a user is here to do. `permissions.OF_ROLE` lists what each may."""

    ADMINISTRATOR = "administrator", _("Administrator")
    CASEWORKER = "caseworker", _("Caseworker")
    TRACER = "tracer", _("Tracer")
    ANALYST = "analyst", _("Analyst")
    AUDITOR = "auditor", _("Auditor")
    COMPANION = "companion", _("Companion or caller")
    COUNSEL = "counsel", _("Counsel")
    THERAPIST = "therapist", _("Therapist")


class FactorKind(models.TextChoices):
    """What a user has beside the password: codes of an app, a passkey, codes on paper."""

    TOTP = "totp", _("an app that shows codes")
    PASSKEY = "passkey", _("passkey")
    RECOVERY = "recovery", _("recovery code")


class Vain(models.TextChoices):
    """What is counted when it is tried in vain."""

    SIGN_IN = "sign-in", _("signing in with a wrong name or password, or too often")
    SECOND_FACTOR = "second-factor", _("the right password, and then a wrong code or passkey")
    PROOF = "proof", _("proving again who one is")
    NOT_THERE = "not-there", _("a page that is not there for them")
    FORM_FROM_ELSEWHERE = "form-from-elsewhere", _("a form that came from no page of ours")
    UPLOAD = "upload", _("a file that is too large, or from who may send none")
    SEAL = "seal", _("something sealed that could not be opened")
    READ_MUCH = "read-much", _("reading on after very many pages in an hour, before a proof")


NOBODY = UUID(int=0)
"""The account of who is not signed in, where counts are kept by account."""


class LentFor(models.TextChoices):
    """Why a record is lent: for some hours, or with a referral that the person agreed to."""

    SLOT = "slot", _("for some hours")
    REFERRAL = "referral", _("with a referral")


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
    SECOND_FACTOR_ADDED = "access.second-factor-added", _("A second factor was added")
    SECOND_FACTOR_NAMED = "access.second-factor-named", _("A second factor was given a name")
    SECOND_FACTOR_REMOVED = "access.second-factor-removed", _("A second factor was removed")
    RECOVERY_CODES_MADE = "access.recovery-codes-made", _("New recovery codes were made")
    RECOVERY_CODE_USED = "access.recovery-code-used", _("A recovery code was used")
    SECOND_FACTORS_RESET = (
        "access.second-factors-reset",
        _("All second factors of a user were removed"),
    )
    PROVED_AGAIN = "access.proved-again", _("A user proved again who they are")
    SESSIONS_ENDED = "access.sessions-ended", _("Sessions of a user were ended")
    USER_LOCKED = "access.user-locked", _("An account was locked")
    LOCK_SEEN = "access.lock-seen", _("An administrator took note of a lock")
    WAY_IN_MADE = "access.way-in-made", _("A one-time way in was made")
    TEAM_CHANGED = "access.team-changed", _("A team was changed")
    ACCESS_CHANGED = "access.access-changed", _("Who may see a record was changed")
    CASE_CHANGED = "access.case-changed", _("A case was changed")
    USER_RENEWED = "access.user-renewed", _("An account that had lapsed was renewed")
    TRAIL_READ = "access.trail-read", _("The trail was read")
    WRAPPING_KEY_BEGUN = "access.wrapping-key-begun", _("Another wrapping key came into use")
    KEYS_WRAPPED_ANEW = "access.keys-wrapped-anew", _("All keys were wrapped anew")
    WRAPPING_KEY_DESTROYED = (
        "access.wrapping-key-destroyed",
        _("The old wrapping key was destroyed"),
    )
    DIGESTS_RENEWED = "access.digests-renewed", _("The digests of identifiers were made anew")
    BACKED_UP = "access.backed-up", _("A backup was made")
    RESTORED = "access.restored", _("The record was restored from a backup")


@dataclass(frozen=True, slots=True)
class Ref:
    """A record named by kind and bare id, so that `access` needs to know no area above it."""

    kind: str
    id: UUID
