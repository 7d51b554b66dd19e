"""
What may the application itself do to its tables on PostgreSQL?

Two roles. The owner makes and migrates the tables, makes the guards, and runs the erasure door. The
application's role may read, add, and set `withdrawn_in` on statements, and read and add to ledgers:
whoever takes the application over cannot take its guards off. Vault, derived and ordinary tables
it changes as it needs. SQLite has no roles.
"""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from accompany.base.guards import guarded_models
from accompany.base.tables import TableKind, kind_of

_EVERYTHING = ("DELETE", "UPDATE", "TRUNCATE")
_OURS_TO_READ = ("django_migrations",)


def give(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give the application's role what it needs, and no more; called by the owner."""
    name = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for table in _OURS_TO_READ:
            cursor.execute(f'REVOKE INSERT, UPDATE, DELETE ON "{table}" FROM {name}')
        for model in guarded_models():
            cursor.execute(f'REVOKE ALL ON "{model._meta.db_table}" FROM {name}')
            cursor.execute(f'GRANT {_allowed(model)} ON "{model._meta.db_table}" TO {name}')


def _allowed(model: type[models.Model]) -> str:
    if kind_of(model) is TableKind.STATEMENT:
        return "SELECT, INSERT, UPDATE (withdrawn_in)"
    return "SELECT, INSERT"


def too_much(connection: BaseDatabaseWrapper) -> list[str]:
    """
    The guarded tables on which the role that is connected may do more than it should.

    All of them, where one role owns the tables and runs the application.
    """
    found = []
    with connection.cursor() as cursor:
        for model in guarded_models():
            asked = " OR ".join(f"has_table_privilege(%s, '{what}')" for what in _EVERYTHING)
            table = model._meta.db_table
            cursor.execute(f"SELECT {asked}", [f'"{table}"'] * len(_EVERYTHING))
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def may_erase(connection: BaseDatabaseWrapper) -> bool:
    """Whether the role that is connected may go through the erasure door: only the owner may."""
    return connection.vendor != "postgresql" or bool(too_much(connection))
