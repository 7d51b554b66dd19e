"""The index of names against a twin that compares every word with every word."""

import math
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import JaroWinkler

from accompany.base.names import name_parts, sound_key, words
from accompany.base.word_index import WordIndex

WORDS = [
    *("maria", "mario", "mariana", "marina", "juan", "juana", "yesenia", "llesenia", "xol", "shol"),
    *("hernandez", "ernandes", "fernandez", "caal", "cal", "de", "la", "cruz", "delacruz", "x"),
]
texts = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
odd_texts = texts | st.text(alphabet="aeijuxlnrzñé' -", max_size=12)
persons = st.integers(min_value=1, max_value=6).map(lambda number: UUID(int=number))
listed = st.lists(st.tuples(persons, odd_texts), max_size=12)
limits = st.integers(min_value=1, max_value=7)

replaced = st.dictionaries(persons, st.lists(odd_texts, max_size=3)).map(lambda new: [*new.items()])
changes = st.lists(
    st.one_of(
        st.tuples(st.just("add"), persons, odd_texts),
        st.tuples(st.just("remove"), persons),
        st.tuples(st.just("replace"), replaced),
        st.tuples(st.just("rebuild")),
    ),
    max_size=8,
)


@given(listed, odd_texts, limits)
def test_it_answers_as_its_twin(names, asked, limit):
    assert WordIndex(names).search(asked, limit) == twin(names, asked)[:limit]


@given(listed, changes, odd_texts, limits)
def test_changes_answer_as_if_built_anew(names, changed, asked, limit):
    index = WordIndex(names)
    for kind, *given_with in changed:
        getattr(index, kind)(*given_with)
        names = after(names, kind, *given_with)
    assert index.search(asked, limit) == twin(names, asked)[:limit]
    assert len(index) == sum(bool(words(text)) for _, text in names)
    index.rebuild()
    assert index.search(asked, limit) == twin(names, asked)[:limit]


@given(st.lists(st.tuples(persons, odd_texts), min_size=1), st.data())
def test_a_name_asked_for_as_written_has_no_one_above_it(names, data):
    person, text = data.draw(st.sampled_from(names))
    hits = WordIndex(names).search(text)
    if words(text):
        assert (person, max(hit.score for hit in hits)) in hits


def after(names, kind, *given_with):
    """The names that hold after one change of the index."""
    match kind, given_with:
        case "add", (person, text):
            return [*names, (person, text)]
        case "remove", (person,):
            return [name for name in names if name[0] != person]
        case "replace", (new,):
            kept = [name for name in names if name[0] not in dict(new)]
            return kept + [(person, text) for person, texts in new for text in texts]
    return names


def twin(names, asked):
    """Everyone who is near to what is asked, in order, each with their score."""
    parts = list(dict.fromkeys(name_parts(asked)))
    names = [(person, set(name_parts(text))) for person, text in names if words(text)]
    typing = words(asked)[-1] if parts else None
    near = {
        part: [max(points(part, word, typing) for word in name) for _, name in names]
        for part in parts
    }
    weight = {part: weight_of(near[part]) for part in parts}
    best = {}
    for row, (person, name) in enumerate(names):
        total = sum(near[part][row] * weight[part] for part in parts)
        if total:
            best[person] = max(best.get(person, (0, -99)), (total, -len(name)))
    order = sorted(best, key=lambda person: (-best[person][0], -best[person][1], person))
    return [(person, best[person][0] / (1000 * sum(weight.values()))) for person in order]


def points(asked, word, typing):
    similarity = JaroWinkler.similarity(asked, word)
    return max(
        1000 if word == asked else 0,
        950 if asked == typing and word.startswith(asked) else 0,
        920 if sound_key(word) == sound_key(asked) else 0,
        int(900 * similarity) if similarity >= 0.85 else 0,
    )


def weight_of(near):
    hit = sum(1 for one in near if one)
    return 200 - round(100 * math.log(1 + hit) / math.log(1 + max(len(near), 1)))
