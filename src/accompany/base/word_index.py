"""
Which persons bear a name like this one, answered from memory?

Names are encrypted at rest, so no database can search them (docs/decisions tells why a blind
index gives them away). This index holds names as words in memory: a sorted vocabulary, and for
each word the names that have it. A few tens of thousands of words name a million persons;
therefore a word of a question is compared with the vocabulary, never with persons.

How near a word of a name is to a word of the question, in points:

| nearness                                                | points     |
|---------------------------------------------------------|------------|
| the same word                                           | 1000       |
| begins with it (the last word only: it is being typed)  | 950        |
| sounds the same (`names.sound_key`)                     | 920        |
| a slip: Jaro-Winkler similarity s, 0.85 or more         | 900 s      |

A name has, for each word of the question, the points of its nearest word times the weight of
the word asked for: 200 for one that no name is near to, falling to 100 for one that every name
is near to. A slip keeps more than two thirds of the points and no weight is more than twice
another; so when two words are asked for, a name near to both, even by two slips, stands above
all that are near to one. Among equals the name of fewer words stands first, then the lower key.
A person stands where the best of their names stands.

Nothing here is written to disk, and nothing here tells of a name but the answer's order.
"""

import math
import threading
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple, NoReturn
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from accompany.base.names import PARTICLES, name_parts, sound_key, words

_SAME: Final = 1000
_BEGINS: Final = 950
_SOUNDS: Final = 920
_SLIP: Final = 900
_LEAST_SIMILARITY: Final = 0.85

_WORDS_ASKED: Final = 8  # more are a pasted paragraph, and would cost without helping
_LETTERS: Final = 40  # of a word; what is longer is no name
_MOST_WORDS: Final = 63  # of a name, in telling the shorter of two
_KEY: Final = 16  # bytes
_OVERLAY_BEARS: Final = 4000  # persons; above, each search costs more than a rebuild soon saves


class Hit(NamedTuple):
    """A person, and how much of the question their nearest name answers (1.0: every word)."""

    person: UUID
    score: float


class WordIndex:
    """
    The names of persons by their words; for many readers at once, in threads.

    Readers work on a state that never changes. Writers take turns and put a new state in its
    place. What was added or removed since the last `rebuild` lies in a small overlay; answers
    are the same before and after a rebuild.
    """

    def __init__(self, names: Iterable[tuple[UUID | bytes, str]] = ()) -> None:
        """Index pairs of a person's key (16 bytes) and one of their names, in any order."""
        self._writing = threading.Lock()
        sounds: dict[str, str] = {}
        self._state = _State(_Segment(_tokens(names), sounds), {}, frozenset(), sounds)

    def __repr__(self) -> str:
        state = self._state
        return f"<WordIndex: {len(self)} names, {state.changes} persons in the overlay>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A word index stays in memory: it holds names.")

    def __len__(self) -> int:
        """How many names are indexed."""
        return self._state.names

    def search(self, text: str, limit: int = 50) -> list[Hit]:
        """The persons whose names are nearest to the text, nearest first, at most `limit`."""
        return self._state.search(text, limit)

    def add(self, person: UUID | bytes, text: str) -> None:
        """Give a person one more name; a text without words adds nothing."""
        with self._writing:
            self._state = self._state.adding({_key(person): [text]})

    def remove(self, person: UUID | bytes) -> None:
        """
        Forget every name of a person; one who has none may be removed too.

        From now on no answer names them. Their words leave memory with the next `rebuild`.
        """
        self.replace([(person, ())])

    def replace(self, names: Iterable[tuple[UUID | bytes, Iterable[str]]]) -> None:
        """Let each person have these names and no others, all at once and none in between."""
        changed = {_key(person): texts for person, texts in names}
        with self._writing:
            self._state = self._state.without(changed).adding(changed)

    @property
    def rebuild_due(self) -> bool:
        """Whether the overlay has grown so large that it slows searches."""
        return self._state.changes > _OVERLAY_BEARS

    def persons(self) -> list[UUID]:
        """Everybody who has a name here, in the order of their ids."""
        return [UUID(bytes=key) for key in self._state.named()]

    def rebuild(self) -> None:
        """Fold the overlay in (some seconds a million); writers wait meanwhile, readers do not."""
        with self._writing:
            self._state = self._state.folded()


class _Tokens(NamedTuple):
    """Names taken to pieces: piece i is word `word[i]` of name `name[i]`."""

    words: list[str]
    word: NDArray[np.int32]
    name: NDArray[np.int32]
    persons: bytes  # the key of each name's bearer, 16 bytes a name


class _Segment:
    """
    Names that do not change, laid out for searching.

    Persons are numbered in the order of their keys, and names in the order of their bearers,
    so that the lower number wins a tie and a person's names lie side by side.
    """

    def __init__(self, tokens: _Tokens, sounds: dict[str, str]) -> None:
        keys = np.frombuffer(tokens.persons, dtype=">u8").reshape(-1, 2)
        order = np.lexsort((keys[:, 1], keys[:, 0]))
        keys = keys[order]
        self.names = len(keys)
        begins = _beginnings(keys)
        self.persons = keys[begins].tobytes()
        self.name_begins = np.append(begins, self.names)  # of each person; and where the last ends

        place = np.empty(self.names, dtype=np.int64)
        place[order] = np.arange(self.names)
        self.words, word = _vocabulary(tokens)
        word, name = np.divmod(
            _sorted_once(word * max(self.names, 1) + place[tokens.name]), max(self.names, 1)
        )
        self.names_with = name.astype(np.int32)
        self.word_begins = np.searchsorted(word, np.arange(len(self.words) + 1)).tolist()
        self.length = np.minimum(np.bincount(name, minlength=self.names), _MOST_WORDS).astype(
            np.int32
        )
        self.words_sounding = _by_sound(self.words, sounds)

    def number(self, key: bytes) -> int | None:
        """A person's number, if they have a name here."""
        persons = range(len(self.name_begins) - 1)
        at = bisect_left(persons, key, key=self.key)
        return at if at < len(persons) and self.key(at) == key else None

    def key(self, person: int) -> bytes:
        return self.persons[_KEY * person : _KEY * person + _KEY]

    def names_of(self, persons: Iterable[int]) -> NDArray[np.int64]:
        """The numbers of all names of these persons (by number)."""
        of_each = [np.arange(*self.name_begins[person : person + 2]) for person in persons]
        return np.concatenate([np.zeros(0, np.int64), *of_each])

    def nearness(self, asked: "_Question") -> list[NDArray[np.int16]]:
        """For each word of the question, the points of each name."""
        if not self.names:
            return [np.zeros(0, np.int16) for _ in asked.words]
        similarity = process.cdist(
            asked.words,
            self.words,
            scorer=JaroWinkler.similarity,
            score_cutoff=_LEAST_SIMILARITY - 0.01,  # its own cut is off by a rounding
            dtype=np.float64,
        )
        similarity[similarity < _LEAST_SIMILARITY] = 0
        slips = (similarity * _SLIP).astype(np.int16)
        return [
            self._points_of_names(self._points_of_words(word, asked, points))
            for word, points in zip(asked.words, slips, strict=True)
        ]

    def _points_of_words(
        self, asked: str, question: "_Question", points: NDArray[np.int16]
    ) -> NDArray[np.int16]:
        alike = self.words_sounding.get(sound_key(asked), [])
        points[alike] = np.maximum(points[alike], _SOUNDS)
        begin = bisect_left(self.words, asked)
        if asked == question.typing:
            end = bisect_left(self.words, asked + chr(0x10FFFF), lo=begin)
            points[begin:end] = _BEGINS
        if begin < len(self.words) and self.words[begin] == asked:
            points[begin] = _SAME
        return points

    def _points_of_names(self, points: NDArray[np.int16]) -> NDArray[np.int16]:
        best = np.zeros(self.names, np.int16)
        near = np.flatnonzero(points)
        # From far to near, so that the nearest word of a name is written last and stands.
        # Plain writing of whole postings is what keeps the commonest names cheap.
        for word in near[np.argsort(points[near], kind="stable")].tolist():
            begin, end = self.word_begins[word : word + 2]
            best[self.names_with[begin:end]] = points[word]
        return best

    def best(
        self, nearness: Sequence[NDArray[np.int16]], weights: Sequence[int], limit: int
    ) -> list[tuple[int, bytes]]:
        """The persons who stand highest, each with their rank (see `_rank`)."""
        if not self.names:
            return []
        points = np.zeros(self.names, np.int32)
        for near, weight in zip(nearness, weights, strict=True):
            points += np.multiply(near, weight, dtype=np.int32)
        rank = points * (_MOST_WORDS + 1) - self.length
        if len(self.name_begins) <= self.names:  # someone has several names
            rank = np.maximum.reduceat(rank, self.name_begins[:-1])
        return [(int(rank[person]), self.key(person)) for person in _highest(rank, limit)]

    def tokens(self, gone: NDArray[np.int64]) -> _Tokens:
        """The names again, but for those that are gone."""
        stays = np.ones(self.names, dtype=bool)
        stays[gone] = False
        word = np.repeat(np.arange(len(self.words), dtype=np.int32), np.diff(self.word_begins))
        kept = stays[self.names_with]
        name = (np.cumsum(stays) - 1)[self.names_with[kept]].astype(np.int32)
        keys = np.frombuffer(self.persons, np.uint8).reshape(-1, _KEY)
        bearers = np.repeat(keys, np.diff(self.name_begins), axis=0)
        return _Tokens(self.words, word[kept], name, bearers[stays].tobytes())


class _Question(NamedTuple):
    """The different words asked for, and which of them may be unfinished."""

    words: list[str]
    typing: str

    @classmethod
    def of(cls, text: str) -> "_Question":
        asked = list(dict.fromkeys(_parts(text)))[:_WORDS_ASKED]
        return cls(asked, typing=(words(text) or ("",))[-1][:_LETTERS])


class _State:
    """What the index holds at one moment: a large segment, and what has changed since."""

    def __init__(
        self,
        base: _Segment,
        added: Mapping[bytes, tuple[str, ...]],
        gone: frozenset[int],
        sounds: dict[str, str],
    ) -> None:
        """`gone` are numbers of persons whose names in the base no longer hold."""
        self.base = base
        self._added = added
        self._gone = gone
        self._sounds = sounds

    @property
    def changes(self) -> int:
        return len(self._added) + len(self._gone)

    @cached_property
    def names(self) -> int:
        added = sum(len(names) for names in self._added.values())
        return self.base.names - len(self._gone_names) + added

    # Two readers may both lay out the overlay; they make the same, and either may stay.
    @cached_property
    def _overlay(self) -> _Segment:
        return _Segment(self._added_tokens(), self._sounds)

    @cached_property
    def _gone_names(self) -> NDArray[np.int64]:
        return self.base.names_of(sorted(self._gone))

    def adding(self, names: Mapping[bytes, Iterable[str]]) -> "_State":
        added = dict(self._added)
        for key, texts in names.items():
            if named := tuple(text for text in texts if name_parts(text)):
                added[key] = added.get(key, ()) + named
        return _State(self.base, added, self._gone, self._sounds)

    def without(self, keys: Collection[bytes]) -> "_State":
        added = {key: texts for key, texts in self._added.items() if key not in keys}
        numbers = {number for key in keys if (number := self.base.number(key)) is not None}
        return _State(self.base, added, self._gone | numbers, self._sounds)

    def named(self) -> list[bytes]:
        base = {self.base.key(n) for n in range(len(self.base.name_begins) - 1)}
        return sorted((base - {self.base.key(n) for n in self._gone}) | self._added.keys())

    def folded(self) -> "_State":
        tokens = _joined(self.base.tokens(self._gone_names), self._added_tokens())
        base = _Segment(tokens, self._sounds)
        # What only removed persons were called is not kept, not even as a word.
        sounds = {word: self._sounds[word] for word in base.words}
        return _State(base, {}, frozenset(), sounds)

    def search(self, text: str, limit: int) -> list[Hit]:
        asked = _Question.of(text)
        if not asked.words or limit < 1:
            return []
        in_base = self.base.nearness(asked)
        for points in in_base:
            points[self._gone_names] = 0
        in_overlay = self._overlay.nearness(asked)
        weights = [
            _weight(int(np.count_nonzero(one) + np.count_nonzero(other)), of=self.names)
            for one, other in zip(in_base, in_overlay, strict=True)
        ]
        best: dict[bytes, int] = {}
        for rank, key in (
            *self.base.best(in_base, weights, limit),
            *self._overlay.best(in_overlay, weights, limit),
        ):
            best[key] = max(rank, best.get(key, rank))
        order = sorted(best, key=lambda key: (-best[key], key))[:limit]
        whole = _SAME * sum(weights)
        return [Hit(UUID(bytes=key), _points(best[key]) / whole) for key in order]

    def _added_tokens(self) -> _Tokens:
        return _tokens((key, text) for key, texts in self._added.items() for text in texts)


class _Reader(dict[str, tuple[int, ...]]):
    """
    What each written word comes to, as numbers of words; particles come to nothing.

    A million names are written in some tens of thousands of words, so each is read once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[str, int] = {}

    def __missing__(self, written: str) -> tuple[int, ...]:
        parts = _parts(written)
        numbers = () if PARTICLES.issuperset(parts) else self.numbered(parts)
        self[written] = numbers
        return numbers

    def numbered(self, parts: Iterable[str]) -> tuple[int, ...]:
        numbers = self.numbers
        return tuple(numbers.setdefault(part, len(numbers)) for part in parts)


def _tokens(names: Iterable[tuple[UUID | bytes, str]]) -> _Tokens:
    read = _Reader()
    numbers: list[int] = []
    lengths: list[int] = []
    persons = bytearray()
    for person, text in names:
        before = len(numbers)
        for written in text.split():
            numbers += read[written]
        if len(numbers) == before:
            numbers += read.numbered(_parts(text))
        if len(numbers) > before:
            lengths.append(len(numbers) - before)
            persons += _key(person)
    name = np.repeat(np.arange(len(lengths), dtype=np.int32), np.array(lengths, np.int64))
    return _Tokens(list(read.numbers), np.array(numbers, np.int32), name, bytes(persons))


def _joined(one: _Tokens, other: _Tokens) -> _Tokens:
    shift = len(one.persons) // _KEY
    return _Tokens(
        one.words + other.words,
        np.concatenate([one.word, other.word + np.int32(len(one.words))]),
        np.concatenate([one.name, other.name + np.int32(shift)]),
        one.persons + other.persons,
    )


def _vocabulary(tokens: _Tokens) -> tuple[list[str], NDArray[np.int64]]:
    """The words in use, sorted, each once; and the tokens' words by their new numbers."""
    used = np.flatnonzero(np.bincount(tokens.word, minlength=1)).tolist()
    in_order = sorted({tokens.words[number] for number in used})
    number_of = {word: number for number, word in enumerate(in_order)}
    renumbered = np.zeros(len(tokens.words), np.int64)
    for number in used:
        renumbered[number] = number_of[tokens.words[number]]
    return in_order, renumbered[tokens.word]


def _by_sound(vocabulary: Sequence[str], sounds: dict[str, str]) -> dict[str, list[int]]:
    """The numbers of the words of each sound key; `sounds` remembers keys already worked out."""
    by_sound: dict[str, list[int]] = {}
    for number, word in enumerate(vocabulary):
        if word not in sounds:
            sounds[word] = sound_key(word)
        by_sound.setdefault(sounds[word], []).append(number)
    return by_sound


def _beginnings(sorted_keys: NDArray[Any]) -> NDArray[np.int64]:
    """Where a key differs from the one before it."""
    if not len(sorted_keys):
        return np.zeros(0, np.int64)
    differs = (sorted_keys[1:] != sorted_keys[:-1]).any(axis=1)
    return np.concatenate([[0], np.flatnonzero(differs) + 1]).astype(np.int64)


def _sorted_once(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The values sorted, each once. (numpy's `unique` hashes: slower here, and it keeps memory.)"""
    values.sort()
    first = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return values[first]


def _highest(rank: NDArray[np.int32], limit: int) -> NDArray[np.int64]:
    """The places of the highest positive ranks, at most `limit`; of equals, the first places."""
    near = np.flatnonzero(rank > 0)
    ranks = rank[near]
    if len(near) > limit:
        least = np.partition(ranks, -limit)[-limit]
        above, equal = near[ranks > least], near[ranks == least]
        near = np.concatenate([above, equal[: limit - len(above)]])
        ranks = rank[near]
    return near[np.lexsort((near, -ranks))]


def _weight(near: int, *, of: int) -> int:
    """From 200 for a word that no name is near to, down to 100 for one that all names are."""
    return 200 - round(100 * math.log1p(near) / math.log1p(max(of, 1)))


def _points(rank: int) -> int:
    """The points in a rank, which is points times 64 less the number of words of the name."""
    return (rank + _MOST_WORDS) // (_MOST_WORDS + 1)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part[:_LETTERS] for part in name_parts(text))


def _key(person: UUID | bytes) -> bytes:
    key = person.bytes if isinstance(person, UUID) else bytes(person)
    if len(key) != _KEY:
        raise ValueError("A person's key has 16 bytes.")
    return key
