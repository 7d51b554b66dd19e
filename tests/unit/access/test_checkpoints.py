"""A checkpoint kept elsewhere finds a tail cut off, and a trail rewritten by who has its key."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accompany.access import checkpoints, trail
from accompany.access.actors import Actor
from accompany.access.models import About, Batch, Brought, Entry
from accompany.base import guards
from accompany.base.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(world):
    return world.admin


@pytest.fixture
def kept(world, by):
    """What was noted down, after somebody came on record."""
    world.person()
    return checkpoints.newest(seen_by=by)


def found(*kept):
    return [(one.kind, one.number) for one in checkpoints.against(list(kept))]


@contextmanager
def unguarded():
    """Without guards; no check may wait, or PostgreSQL keeps the tables from being altered."""
    connection.check_constraints()
    with guards.off(connection):
        yield
        connection.check_constraints()


def cut_off_after(number):
    """Take away the newest batches and all that is in them, as whoever holds the key might."""
    with unguarded():
        for batch in Batch.objects.filter(number__gt=number):
            numbers = trail.numbers_in(batch)
            for model in (About, Brought):
                model.objects.filter(entry__in=numbers).delete()
            Entry.objects.filter(number__in=numbers).delete()
            batch.delete()


def rewrite():
    """Make every batch anew with the key, as if an entry had said something else."""
    before = b""
    with unguarded():
        first = Entry.objects.order_by("number").first()
        first.event = "access.nothing-happened"
        first.mac = trail._entry_mac(first, [])
        first.save()
        for batch in Batch.objects.order_by("number"):
            entries = Entry.objects.filter(number__in=trail.numbers_in(batch)).order_by("number")
            batch.digest = trail.batch_digest(batch, before, [bytes(one.mac) for one in entries])
            batch.save()
            before = bytes(batch.digest)


def test_a_trail_that_went_on_agrees_with_what_was_noted(kept, world):
    world.person()
    assert found(kept) == []


def test_a_tail_cut_off_is_found_by_the_checkpoint_alone(kept):
    cut_off_after(kept.batch - 1)
    assert not [one for one in trail.verify() if one.kind.startswith(("entry", "batch"))]
    assert found(kept) == [("cut-off", kept.batch)]


def test_everything_rewritten_is_found_by_the_checkpoint_alone(kept):
    rewrite()
    assert list(trail.verify()) == []
    assert found(kept) == [("rewritten", kept.batch)]


def test_a_tail_cut_off_and_grown_again_is_found(kept, world):
    cut_off_after(kept.batch - 1)
    while not Batch.objects.filter(number=kept.batch).exists():
        world.person()
        trail.seal()
    assert found(kept) == [("rewritten", kept.batch)]


def test_of_several_checkpoints_each_is_compared(kept, world, by):
    world.person()
    later = checkpoints.newest(seen_by=by)
    cut_off_after(kept.batch)
    assert found(later, kept) == [("cut-off", later.batch)]


@pytest.mark.parametrize(
    "told",
    [
        lambda words: words,
        lambda words: f"Dear Ana,\nhere it is:\n\n{words}\nYours",
        lambda words: "".join(f"> {line}\n" for line in words.splitlines()),
        lambda words: words.lower(),
        lambda words: words.replace(" ", "\N{NO-BREAK SPACE}").replace("\n", "\r\n"),
        lambda words: words.replace("digest    ", "digest\n"),
    ],
)
def test_a_checkpoint_is_read_again_however_it_was_sent(kept, told):
    (again,) = checkpoints.in_text(told(kept.in_words()))
    assert found(again) == []


def test_what_was_heard_for_a_nought_or_a_one_is_understood(kept):
    digest = kept.digest.replace("0", "O").replace("1", "l")
    words = kept.in_words().replace(checkpoints.in_groups(kept.digest), digest)
    (again,) = checkpoints.in_text(words)
    assert found(again) == []


def test_a_file_with_several_is_read_whole(kept, world, by):
    world.person()
    later = checkpoints.newest(seen_by=by)
    text = f"{kept.in_words()}\n{later.in_words()}\n"
    assert [one.batch for one in checkpoints.in_text(text)] == [kept.batch, later.batch]


@pytest.mark.parametrize("changed", ["entries", "sealed", "digest"])
def test_a_single_changed_part_of_it_is_told(kept, changed):
    lines = kept.in_words().splitlines()
    (place,) = (n for n, line in enumerate(lines) if line.startswith(changed))
    figure = next(c for c in reversed(lines[place]) if c.isdigit())
    other = str((int(figure) + 1) % 10)
    lines[place] = other.join(lines[place].rsplit(figure, 1))
    (again,) = checkpoints.in_text("\n".join(lines))
    assert found(again) == [("rewritten", kept.batch)]


def test_a_file_without_a_checkpoint_is_refused():
    with pytest.raises(Refused, match="access.no-checkpoint"):
        checkpoints.in_text("nothing was noted")


def test_who_may_not_read_the_trail_gets_none(by):
    with pytest.raises(PermissionDenied):
        checkpoints.newest(seen_by=Actor(by.user, by.organisation, frozenset()))
