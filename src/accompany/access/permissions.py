"""Who may do what? One table, and the only one."""

from accompany.access.terms import Permission, Role

_READS_PERSONS = frozenset({Permission.SEE_PERSONS, Permission.SEE_LISTS, Permission.SEE_FIGURES})
_RECORDS = _READS_PERSONS | {
    Permission.RECORD,
    Permission.CORRECT,
    Permission.LINK,
    Permission.ANSWER,
    Permission.RECEIVE_LISTS,
    Permission.FETCH_FILES,
}

OF_ROLE: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.TRACER: _RECORDS | {Permission.WITHDRAW_LISTS, Permission.SEE_EXACT_FIGURES},
    Role.CASEWORKER: _RECORDS,
    # Those who publish count persons, and do not see them.
    Role.ANALYST: frozenset({Permission.SEE_FIGURES, Permission.SEE_LISTS}),
    # Those who watch the trail read codes and counts, and do not see persons.
    Role.AUDITOR: frozenset({Permission.READ_TRAIL, Permission.SEE_LISTS, Permission.SEE_FIGURES}),
}
