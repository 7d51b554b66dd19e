"""Where another role owns the tables, it sets up, and the application's own does the rest."""

import secrets

import psycopg
import pytest
from django.db import connection

from tests.shell import ASKED, Shell

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles")


@pytest.fixture
def urls(db):
    """An empty database of an owner, and the URLs of owner and application."""
    place, name = connection.settings_dict, f"roles_{secrets.token_hex(4)}"
    owner, application = f"{name}_owner", f"{name}_application"

    def url(role, database=name):
        return f"postgresql://{role}@/{database}?host={place['HOST']}"

    with psycopg.connect(url(place["USER"], "postgres"), autocommit=True) as server:
        for role in (owner, application):
            server.execute(f"CREATE ROLE {role} LOGIN")
        server.execute(f"CREATE DATABASE {name} OWNER {owner}")
        yield {
            "ACCOMPANY_DATABASE_URL": url(application),
            "ACCOMPANY_OWNER_URL": url(owner),
        }
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        for role in (owner, application):
            server.execute(f"DROP ROLE {role}")


def test_the_owner_sets_up_and_the_application_works(urls, tmp_path):
    shell = Shell(tmp_path / "home")
    assert shell("setup", *ASKED, **urls).returncode == 0
    assert shell("organisations", "add", "orr-x", "Oficina", **urls).returncode == 0
    assert "The application's role may only read, add and withdraw." in (
        shell("doctor", **urls).stdout
    )
