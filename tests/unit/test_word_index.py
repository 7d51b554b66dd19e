"""The index of names in memory: what it finds, in what order, and what it never tells."""

import copy
import pickle
import random
import threading
from uuid import UUID

import pytest

from accompany.base.word_index import WordIndex

ANA, BEN, CRUZ, DINA = (UUID(int=number) for number in (1, 2, 3, 4))


def found(index, text, limit=50):
    return [hit.person for hit in index.search(text, limit)]


def test_a_name_written_in_full_scores_one_and_comes_first():
    index = WordIndex([(ANA, "Ana Lucía Tzunux"), (BEN, "Ana Lucas"), (CRUZ, "Lucía Pop")])
    first = index.search("ana lucia tzunux")[0]
    assert first == (ANA, 1.0)


def test_words_may_be_asked_in_any_order():
    index = WordIndex([(ANA, "Ana Tzunux"), (BEN, "Ana Pop")])
    assert found(index, "TZUNUX, Ana")[0] == ANA


def test_the_last_word_may_be_unfinished():
    index = WordIndex([(ANA, "Ana Xitumul")])
    assert found(index, "ana xi") == [ANA]
    assert index.search("ana xi")[0].score > index.search("xi ana")[0].score


def test_only_the_last_word_may_be_unfinished():
    index = WordIndex([(ANA, "Xitumul")])
    assert found(index, "xi pop") == []


def test_a_finished_word_stands_above_one_that_only_begins_so():
    index = WordIndex([(ANA, "Julián"), (BEN, "Julia")])
    assert found(index, "julia") == [BEN, ANA]


@pytest.mark.parametrize(
    ("asked", "written"),
    [("Llesenia", "Yesenia"), ("Quej", "Kej"), ("Winac", "Güinac"), ("Ernandes", "Hernández")],
)
def test_what_sounds_the_same_is_found(asked, written):
    index = WordIndex([(ANA, written), (BEN, "Domingo")])
    assert found(index, asked) == [ANA]


@pytest.mark.parametrize("asked", ["Maiana", "Mriana", "Marina", "Mariano", "Maraina", "Mariana"])
def test_one_slip_of_the_keyboard_is_forgiven(asked):
    assert found(WordIndex([(ANA, "Mariana")]), asked) == [ANA]


def test_a_slip_in_each_of_two_words_is_forgiven_among_many_names():
    draw = random.Random(5)
    syllables = ["ba", "ru", "ti", "zol", "men", "ko", "pe", "lin", "das", "xu"]
    invented = ["".join(draw.choices(syllables, k=3)) for _ in range(600)]
    names = [(UUID(int=n), " ".join(draw.sample(invented, 3))) for n in range(100, 3100)]
    index = WordIndex([*names, (ANA, "Fermina Quinteros"), (BEN, "Fermina"), (CRUZ, "Quinteros")])
    assert found(index, "Fremina Quintros")[0] == ANA


def test_two_slips_stand_above_one_word_without_a_slip_however_common_the_other_word():
    common = [(UUID(int=n), "Catarina Pop") for n in range(10, 500)]
    index = WordIndex([*common, (ANA, "Xitumul"), (BEN, "Catarina Xitumul")])
    assert found(index, "Catrina Xitumal")[0] == BEN
    assert found(index, "Catrina Xitumul")[:2] == [BEN, ANA]


def test_a_rare_word_tells_more_than_a_common_one():
    common = [(UUID(int=n), "Catarina Pop") for n in range(10, 50)]
    index = WordIndex([*common, (ANA, "Xitumul")])
    assert found(index, "Catarina Xitumul")[0] == ANA


def test_particles_do_not_count():
    index = WordIndex([(ANA, "María de la Cruz"), (BEN, "Delia de la O")])
    assert found(index, "delacruz") == [ANA]


def test_among_equals_the_shorter_name_comes_first_and_then_the_lower_key():
    index = WordIndex([(CRUZ, "Ana Pop"), (ANA, "Ana Lucía Pop"), (BEN, "Ana Pop")])
    assert found(index, "ana pop") == [BEN, CRUZ, ANA]
    assert found(index, "ana pop", limit=1) == [BEN]


def test_the_best_of_a_persons_names_counts_and_the_person_is_found_once():
    index = WordIndex([(ANA, "Rosa Pop"), (BEN, "Rosa Caal"), (ANA, "Rosa Caal Pop")])
    assert index.search("rosa caal pop")[0] == (ANA, 1.0)
    assert sorted(found(index, "rosa")) == [ANA, BEN]


@pytest.mark.parametrize("text", ["", "  ", "--", "'"])
def test_a_question_without_words_finds_no_one(text):
    assert WordIndex([(ANA, "Ana")]).search(text) == []


def test_an_empty_index_finds_no_one():
    assert WordIndex().search("ana") == []


def test_a_name_without_words_is_not_indexed():
    index = WordIndex([(ANA, "--"), (BEN, "Ben")])
    index.add(CRUZ, " ")
    assert len(index) == 1


def test_a_pasted_paragraph_is_answered_by_its_first_words():
    index = WordIndex([(ANA, "Ana"), (BEN, "Xitumul")])
    assert found(index, "ana " + " ".join(f"w{n}" for n in range(400)) + " xitumul") == [ANA]


def test_a_key_may_be_given_as_bytes():
    index = WordIndex([(ANA.bytes, "Ana")])
    index.add(BEN.bytes, "Ana")
    assert found(index, "ana") == [ANA, BEN]


def test_a_key_of_another_length_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        WordIndex([(b"short", "Ana")])


def test_one_who_is_added_is_found_at_once():
    index = WordIndex([(BEN, "Ben Pop")])
    index.add(ANA, "Ana Pop")
    index.add(BEN, "Benito Caal")
    assert found(index, "pop") == [ANA, BEN]
    assert found(index, "benito caal") == [BEN]


def test_one_who_is_removed_is_not_found_by_any_name():
    index = WordIndex([(ANA, "Ana Pop"), (ANA, "Anita"), (BEN, "Ana")])
    index.add(ANA, "Xitumul")
    index.remove(ANA)
    assert [found(index, text) for text in ("ana", "anita", "xitumul")] == [[BEN], [], []]
    assert len(index) == 1


def test_removing_a_stranger_changes_nothing():
    index = WordIndex([(ANA, "Ana")])
    index.remove(BEN)
    assert found(index, "ana") == [ANA]


def test_names_are_replaced():
    index = WordIndex([(ANA, "Rosa Pop"), (BEN, "Ben")])
    index.replace([(ANA, ["Ana Caal"]), (CRUZ, ["Cruz Caal", "Cruz Pop"])])
    assert found(index, "rosa") == []
    assert found(index, "caal") == [ANA, CRUZ]


def test_a_rebuild_keeps_the_answers_and_empties_the_overlay():
    index = WordIndex([(ANA, "Ana Pop"), (BEN, "Ben Caal"), (CRUZ, "Cruz Pop")])
    index.remove(CRUZ)
    index.add(DINA, "Dina Pop")
    index.add(ANA, "Anita Xitumul")
    before = [index.search(text) for text in ("pop", "ana caal", "anita", "cruz")]
    index.rebuild()
    assert [index.search(text) for text in ("pop", "ana caal", "anita", "cruz")] == before
    assert "0 persons in the overlay" in repr(index)


def test_a_rebuild_falls_due_when_thousands_have_changed():
    index = WordIndex()
    index.replace((UUID(int=n), ["Ana"]) for n in range(4000))
    assert not index.rebuild_due
    index.add(UUID(int=4000), "Ana")
    assert index.rebuild_due
    index.rebuild()
    assert not index.rebuild_due


def test_a_reader_never_meets_a_person_between_two_names():
    index = WordIndex([(UUID(int=n), "Cruz Pop") for n in range(10, 60)])
    index.add(ANA, "Xitumul Caal")
    answers = []

    def read():
        answers.extend(found(index, "xitumul") for _ in range(150))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(150):
        index.replace([(ANA, [f"Xitumul {'Ixcoy' if turn % 2 else 'Caal'}"])])
        if turn % 10 == 0:
            index.rebuild()
    for reader in readers:
        reader.join()
    assert answers == [[ANA]] * 450


def test_it_tells_counts_and_never_a_name():
    index = WordIndex([(ANA, "Ana Xitumul"), (BEN, "Ben")])
    index.add(CRUZ, "Cruz")
    assert repr(index) == "<WordIndex: 3 names, 1 persons in the overlay>"


@pytest.mark.parametrize("write", [pickle.dumps, copy.deepcopy])
def test_it_cannot_be_written_out(write):
    with pytest.raises(TypeError, match="stays in memory"):
        write(WordIndex([(ANA, "Ana")]))
