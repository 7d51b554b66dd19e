"""Who may do what? One table, and the only one."""

from accompany.access.terms import Permission, Role

# Whoever stands at the door when somebody demands data may log it.
_ANYBODY_HERE = frozenset({Permission.LOG_DEMANDS})
_READS_PERSONS = _ANYBODY_HERE | frozenset(
    {
        Permission.SEE_PERSONS,
        Permission.SEE_EVERY_CASE,
        Permission.SEE_LISTS,
        Permission.SEE_FIGURES,
    }
)
_RECORDS = _READS_PERSONS | {
    Permission.RECORD,
    Permission.CORRECT,
    Permission.LINK,
    Permission.ANSWER,
    Permission.RECEIVE_LISTS,
    Permission.FETCH_FILES,
    Permission.ASK_OTHERS,
    Permission.REFER,
    Permission.EXPORT_RECORD,
}
# What is said to a lawyer or a therapist is theirs alone: whoever runs the record reads none of it.
_PRIVILEGED = frozenset({Permission.COUNSEL_NOTES, Permission.THERAPY_NOTES})

OF_ROLE: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission) - _PRIVILEGED,
    Role.TRACER: _RECORDS
    | {Permission.WITHDRAW_LISTS, Permission.SEE_EXACT_FIGURES, Permission.ANSWER_OTHERS},
    Role.CASEWORKER: _RECORDS,
    # Those who publish count persons, and do not see them.
    Role.ANALYST: _ANYBODY_HERE | {Permission.SEE_FIGURES, Permission.SEE_LISTS},
    # Those who watch the trail read codes and counts, and do not see persons.
    Role.AUDITOR: _ANYBODY_HERE
    | {Permission.READ_TRAIL, Permission.SEE_LISTS, Permission.SEE_FIGURES},
    # Those who go along to a hearing, or call its line: the persons of their cases, or of an hour.
    Role.COMPANION: _ANYBODY_HERE | {Permission.SEE_PERSONS},
    # Lawyers answer demands for data, and no export is theirs to make.
    Role.COUNSEL: _ANYBODY_HERE
    | {
        Permission.SEE_PERSONS,
        Permission.SEE_EVERY_CASE,
        Permission.DECIDE_DEMANDS,
        Permission.COUNSEL_NOTES,
    },
    # Therapists see the persons of their cases.
    Role.THERAPIST: _ANYBODY_HERE | {Permission.SEE_PERSONS, Permission.THERAPY_NOTES},
}

LEFT_WHEN_LAPSED = frozenset(
    {
        Permission.SEE_FIGURES,
        Permission.READ_TRAIL,
        Permission.MANAGE_USERS,
        Permission.OPERATE,
    }
)
"""What an account that was not used for weeks may still do, of what its role may: nothing that
shows a person."""

NEED_A_SECOND_FACTOR = frozenset(
    {
        Permission.SEE_PERSONS,
        Permission.READ_TRAIL,
        Permission.MANAGE_USERS,
        Permission.OPERATE,
    }
)
"""Whoever may do one of these proves by two things who they are."""
