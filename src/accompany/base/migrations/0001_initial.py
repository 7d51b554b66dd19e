"""The count of codes given out, and whom the guards let go."""

from django.db import migrations, models

from accompany.base.ids import IdField

SEQUENCE = "codes_given_sequence"


def make_sequence(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE SEQUENCE {SEQUENCE} MINVALUE 0 START 0")


def drop_sequence(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP SEQUENCE {SEQUENCE}")


class Migration(migrations.Migration):
    """Makes the one row's table, and the sequence that PostgreSQL uses in its place."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="CodesGiven",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("count", models.BigIntegerField(default=0)),
            ],
            options={"db_table": "codes_given"},
        ),
        migrations.CreateModel(
            name="Erasing",
            fields=[("record", IdField(primary_key=True, serialize=False))],
            options={"db_table": "erasing"},
        ),
        migrations.RunPython(make_sequence, drop_sequence),
    ]
