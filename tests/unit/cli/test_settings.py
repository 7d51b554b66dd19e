"""A wrong setting is told in a sentence that names it, and nothing runs."""

import pytest

from accompany.cli import ending

WRONG = [
    ("ACCOMPANY_UPLOAD_LIMIT", "256 MB", "config.not-a-number"),
    ("ACCOMPANY_UPLOAD_LIMIT", "0", "config.not-a-number"),
    ("ACCOMPANY_LAPSE_WEEKS", "six", "config.not-a-number"),
    ("ACCOMPANY_IDLE_MINUTES", "-5", "config.not-a-number"),
    ("ACCOMPANY_IDLE_MINUTES", "٣", "config.not-a-number"),
    ("ACCOMPANY_HTTPS", "yes", "config.not-a-switch"),
    ("ACCOMPANY_PLAIN_SQLITE", "true", "config.not-a-switch"),
    ("ACCOMPANY_ZONE", "America/Nowhere", "config.not-a-zone"),
    ("ACCOMPANY_ZONE", "../../etc/passwd", "config.not-a-zone"),
    ("ACCOMPANY_DATABASE_URL", "mysql://geheim@host/name", "config.not-a-database"),
    ("ACCOMPANY_DATABASE_URL", "postgresql://geheim@host:port/name", "config.not-a-database"),
    ("ACCOMPANY_OWNER_URL", "postgresql://geheim@host", "config.not-a-database"),
]


@pytest.mark.parametrize(("name", "value", "code"), WRONG)
def test_a_wrong_setting_is_named_and_its_value_is_not(shell, name, value, code):
    ended = shell("version", **{name: value})
    assert ended.returncode == ending.MISUSE
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"Nothing was done: {name} ")
    assert ended.stderr.endswith(f"[{code}]\n")
    assert ended.stderr.count("\n") == 1
    assert value not in ended.stderr.replace("above 0", "")


def test_a_switch_that_is_off_is_off(shell):
    assert shell("version", ACCOMPANY_HTTPS="0", ACCOMPANY_PLAIN_SQLITE="").returncode == 0
