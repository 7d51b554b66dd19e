"""
What does a person's page say?

Plain values for the template, made from what `record` read: no query. Sources that disagree stand
side by side; what is not known is said; nothing refuted counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accompany.base import codes
from accompany.base.dates import When
from accompany.custody.queries import EventSaid, StaySaid
from accompany.custody.rules import Open
from accompany.custody.terms import Cause, Departure, QuestionKind
from accompany.people import rules
from accompany.people.queries import Said, Saying, TieSaid, standings_now
from accompany.people.terms import INVERSE, IdentifierKind, NameKind, Standing
from accompany.sources.queries import question_key
from accompany.sources.terms import ERASED, Certainty
from accompany.web import phrases
from accompany.web.family_line import side_thread
from accompany.web.record import Other, Read, erased


@dataclass(frozen=True)
class Fact:
    """
    One thing said, as `components/fact.html` takes it; `url` leads to what it names.

    `whole` is all that was written, where the value is its beginning.
    """

    label: str
    value: str | None
    certainty: str
    source_words: str
    link: str | None = None
    correct: str | None = None
    url: str | None = None
    code: str = ""
    learned_on: date | None = None
    change: str | None = None
    whole: str = ""


@dataclass(frozen=True)
class Telling:
    """One of several sources that disagree, as `components/tell.html` takes it."""

    who: str
    what: str
    source_words: str
    link: str | None = None


@dataclass(frozen=True)
class Disagreement:
    """A question on which sources disagree."""

    id: str
    question: str
    tellings: tuple[Telling, ...]
    then: str = ""
    decide: str | None = None


@dataclass(frozen=True)
class StayLine:
    """One stay, or one gap between stays, as `components/stays.html` takes it."""

    when: str
    custodian: str = ""
    place: str = ""
    source_words: str = ""
    link: str | None = None
    thread: str = ""
    gap: bool = False
    ended: str = ""
    certainty: str = ""
    correct: str | None = None


@dataclass(frozen=True)
class Happened:
    """One dated event in words, with whom it concerned, and why it was said to be."""

    when: str
    what: str
    source_words: str
    who: tuple[Other, ...] = ()
    cause: str = ""
    words: str = ""
    certainty: str = ""
    link: str | None = None
    correct: str | None = None


@dataclass(frozen=True)
class QuestionLine:
    """A question that waits, as `components/questions.html` takes it."""

    question: str
    known: str = ""
    link: str | None = None
    link_words: str = ""
    row_link: str | None = None
    row_words: str = ""


@dataclass(frozen=True)
class JoinedRecord:
    """A record joined with this one, why, and where to part them."""

    other: Other
    reasons: str
    source_words: str
    part: str | None


@dataclass(frozen=True)
class PersonPage:
    """All that a person's page shows."""

    name: str
    kind: str
    lead: str
    disagreements: tuple[Disagreement, ...]
    questions: tuple[QuestionLine, ...]
    answered: int
    stays: tuple[StayLine, ...]
    facts: tuple[Fact, ...]
    ties: tuple[Fact, ...]
    happened: tuple[Happened, ...]
    joined: tuple[JoinedRecord, ...]
    shows: tuple[UUID, ...] = field(default=())


@dataclass(frozen=True)
class Asked:
    """
    A question of the derived table, as far as the page needs it.

    `earlier` names the row that its row repeats.
    """

    id: UUID
    kind: str
    key: bytes
    row_url: str | None
    earlier: str = ""
    earlier_url: str | None = None


@dataclass(frozen=True)
class Reader:
    """What whoever looks may do here; at a past moment, nothing."""

    may_correct: bool = False
    may_answer: bool = False
    may_link: bool = False
    may_record: bool = False


def person_page(
    record: UUID,
    read: Read,
    *,
    asked: Sequence[Asked],
    answers: Iterable[bytes],
    reader: Reader,
    today: date,
) -> PersonPage:
    """The page of one record and those joined with it."""
    page = _Page(record, read, reader, today)
    answered = set(answers)
    return PersonPage(
        name=page.name,
        kind=page.kind(),
        lead=page.lead(),
        disagreements=tuple(page.disagreements(answered, asked)),
        questions=tuple(page.questions(asked, answered)),
        answered=len(answered),
        stays=tuple(page.stays()),
        facts=tuple(page.facts()),
        ties=tuple(page.ties()),
        happened=tuple(page.happened()),
        joined=tuple(page.joined()),
        shows=tuple(read.others),
    )


class _Page:
    """The parts of one page, each from what was read."""

    def __init__(self, record: UUID, read: Read, reader: Reader, today: date) -> None:
        self.record, self.read, self.reader, self.today = record, read, reader, today
        self.own = read.others.get(record)
        self.lines = read.stays_of(read.records)
        self.now_open = read.nobody_says()
        opens = [one for key in read.records for one in read.open_of(key)]
        self.opens = opens if self.now_open is None else [self.now_open, *opens]

    @property
    def name(self) -> str:
        return self.own.name if self.own else phrases.name(None)

    # The beginning

    def kind(self) -> str:
        """Child, adult, or person, by what was said of the birth."""
        told = {rules.is_child(span, self.today) for span in _spans(self._births())}
        if told == {True}:
            return _("Child")
        return _("Adult") if told == {False} else _("Person")

    def lead(self) -> str:
        """Who has them, says who, since when; and how long a separation has lasted."""
        said = [self._whereabouts(), self._apart()]
        return " ".join(sentence for sentence in said if sentence)

    def _whereabouts(self) -> str:
        if not self.lines:
            return _("No source has told who has them.")
        # A stay whose end was not told lasts until the next begins.
        ends = self.lines[-1].ended is not None
        still = [stay for stay in self.lines if stay.ended is None and stay.began and not ends]
        if len({stay.custodian for stay in still[-2:]}) > 1 and _two_sources(still[-2:]):
            return _("Sources disagree on who has them now.")
        if still:
            return self._held(still[-1])
        return self._left(_last_to_end(self.lines))

    def _held(self, stay: StaySaid) -> str:
        words = {
            "held": phrases.held_by(stay.custodian),
            "when": phrases.bound(stay.began),
            "source": self.read.teller(stay.said),
            "place": self._place(stay),
        }
        if words["place"]:
            return _("%(held)s, %(place)s, since %(when)s, says %(source)s.") % words
        return _("%(held)s since %(when)s, says %(source)s.") % words

    def _left(self, stay: StaySaid) -> str:
        words = {
            "held": phrases.held_by(stay.custodian),
            "when": phrases.bound(stay.ended),
            "source": self.read.teller(stay.said),
            "how": phrases.departure(stay.ended_by or Departure.NOT_TOLD),
        }
        said = _("%(held)s until %(when)s, then %(how)s, says %(source)s.") % words
        if stay.ended_by in _GONE_HOME:
            return said
        return f"{said} {_('Nobody says who has had them since.')}"

    def _apart(self) -> str:
        """How long they have been apart from somebody, or were."""
        mine = [e for e in self.read.events if e.on and e.said.certainty is not Certainty.REFUTED]
        parted = [event for event in mine if event.what == "separated"]
        if not parted:
            return ""
        first = parted[-1]
        again = [e for e in mine if e.what == "reunified" and _not_before(e.on, first.on)]
        days = phrases.days_between(first.on, again[0].on if again else None, self.today)
        words = {"when": phrases.when(first.on), "days": phrases.days(days or 0)}
        if again:
            said = _("Separated on %(when)s, together again after %(days)s.")
            return said % words if days is not None else ""
        if days is None:
            return _("Separated, %(when)s; no reunification is on record.") % words
        said = _("Separated on %(when)s, %(days)s ago; no reunification is on record.")
        return said % words

    def _place(self, stay: StaySaid | EventSaid) -> str:
        named = self.read.places.get(stay.place, "") if stay.place else ""
        words = stay.words if isinstance(stay, StaySaid) and stay.words else ""
        return ", ".join(part for part in (named, words) if part)

    # Who has had them

    def stays(self) -> Iterable[StayLine]:
        """The line of stays, newest first, with what nobody says in between."""
        lines = [self._stay_line(stay) for stay in self.lines]
        gaps = {one.about[1]: one for one in self.opens if one.kind is QuestionKind.GAP}
        found: list[StayLine] = []
        for stay, line in zip(self.lines, lines, strict=True):
            if stay.said.id in gaps:
                found.append(_gap_line(gaps[stay.said.id]))
            found.append(line)
        found += self._gap_at_the_end()
        return reversed(found)

    def _stay_line(self, stay: StaySaid) -> StayLine:
        return StayLine(
            when=self._when(stay),
            custodian=phrases.custodian(stay.custodian),
            place=self._place(stay),
            source_words=self._source_words(stay.said),
            link=self.read.row_url(stay.said),
            thread=side_thread(stay.custodian.value),
            ended=phrases.departure(stay.ended_by) if stay.ended_by else "",
            certainty=stay.said.certainty.value,
            correct=self._correct(stay.said),
        )

    def _gap_at_the_end(self) -> list[StayLine]:
        if self.now_open is None:
            return []
        last = next(stay for stay in self.lines if stay.said.id in self.now_open.about)
        return [StayLine(when=self._span(last.ended, None), gap=True)]

    def _when(self, stay: StaySaid) -> str:
        """From when until when; what nobody ended lasts until the next begins, and no longer."""
        if stay.ended is None and stay.began and stay is not self.lines[-1]:
            beginning = phrases.bound(stay.began)
            return _("From %(beginning)s; the end is not told") % {"beginning": beginning}
        return self._span(stay.began, stay.ended)

    def _span(self, began: When | None, ended: When | None) -> str:
        said = phrases.span(began, ended)
        count = phrases.days_between(began, ended, self.today)
        return said if count is None else f"{said}, {phrases.days(count)}"

    # What is known

    def facts(self) -> Iterable[Fact]:
        """Everything said of the person, each with its source; what nobody said, as not known."""
        names = sorted(self.read.names, key=lambda one: one.value.kind is not NameKind.TOLD)
        contested = self._contested()
        for saying in [*names, *self.read.facts]:
            label, value = _said(saying)
            yield self._fact(label, value, saying.said, contested=saying.what in contested)
        counting = standings_now(self.read.memberships)
        for membership in sorted(self.read.memberships, key=lambda one: one.pk not in counting):
            yield self._membership(membership, counts=membership.pk in counting)
        told = {saying.what for saying in self.read.facts}
        wanted = (("born", _("Born")), ("sex", _("Sex")), ("nationality", _("Nationality")))
        for what, label in wanted:
            if what not in told and not (what == "born" and "age" in told):
                yield Fact(label, None, "unknown", _("No source has told it."))

    def _fact(self, label: str, written: str, said: Said, *, contested: bool = False) -> Fact:
        refuted = said.certainty is Certainty.REFUTED
        value = phrases.short(written)
        return Fact(
            label=label,
            value=value,
            whole="" if value == written else written,
            certainty="contested" if contested and not refuted else said.certainty.value,
            source_words=self._source_words(said),
            link=self.read.row_url(said),
            correct=self._correct(said),
        )

    def _membership(self, one: Any, *, counts: bool) -> Fact:
        """How a record stands on a list, or, where something newer counts, how it stood."""
        said = Said.of(one)
        shown, row = codes.shown(one.of.code), self.read.row_url(said)
        label = _("List %(code)s") if counts else _("List %(code)s, as told before")
        return Fact(
            label=label % {"code": shown},
            value=phrases.capital(str(Standing(one.standing).label)),
            certainty=said.certainty.value,
            source_words=self._source_words(said),
            link=row,
            # Who is shown no row is not led to its list either.
            url=reverse("list", args=[shown]) if row else None,
            # What the list itself says of it goes with the list alone.
            correct=self._correct(said) if said.row is None else None,
            change=self._change(one) if counts else None,
        )

    def _change(self, one: Any) -> str | None:
        """Where to record another standing; not on a list that was withdrawn."""
        if not self.reader.may_record or one.of.withdrawn_in is not None:
            return None
        other = self.read.others.get(one.person_id)
        if other is None:
            return None
        return reverse("record-standing", args=[other.shown, codes.shown(one.of.code)])

    def _source_words(self, said: Said) -> str:
        words = self.read.source_words(said)
        if said.person == self.record or said.person not in self.read.others:
            return words
        other = self.read.others[said.person].shown
        return f"{words}, {_('record %(code)s') % {'code': other}}"

    def _correct(self, said: Said) -> str | None:
        if not self.reader.may_correct or said.person not in self.read.others:
            return None
        shown = self.read.others[said.person].shown
        return reverse("correct", args=[shown, said.kind, said.id])

    def _births(self) -> list[Saying]:
        return [
            one
            for one in self.read.facts
            if one.what in ("born", "age") and one.said.certainty is not Certainty.REFUTED
        ]

    # Where sources disagree

    def _contested(self) -> set[str]:
        return {what for what, _question, _found in self._differing()}

    def _differing(self) -> Iterable[tuple[str, str, list[Saying]]]:
        """What is contested, as a question, and by which statements."""
        standing = [s for s in self.read.facts if s.said.certainty is not Certainty.REFUTED]
        for what, question in (
            ("sex", _("Which sex is right?")),
            ("nationality", _("Which nationality is right?")),
        ):
            found = [one for one in standing if one.what == what]
            if rules.is_contested([one.value for one in found]):
                yield what, question, found
        yield from self._births_differing()
        yield from self._numbers_differing(standing)

    def _births_differing(self) -> Iterable[tuple[str, str, list[Saying]]]:
        births = self._births()
        born = [one for one in births if one.what == "born"]
        spans = _spans(births)
        if len(spans) > 1 and rules.common_span(spans) is None:
            if rules.common_span(_spans(born)) is None and len(born) > 1:
                yield "born", _("When was the person born?"), born
            else:
                question = _("How old is the person? Age and birth do not agree.")
                yield "age", question, births

    def _numbers_differing(self, said: list[Saying]) -> Iterable[tuple[str, str, list[Saying]]]:
        what = f"identifier.{IdentifierKind.A_NUMBER}"
        found = [one for one in said if one.what == what]
        if len({one.value[1] for one in found}) > 1:
            yield what, _("Which A-number is right?"), found

    def disagreements(self, answered: set[bytes], asked: Sequence[Asked]) -> Iterable[Disagreement]:
        """Each question on which sources disagree, with what each of them says."""
        for what, question, found in self._differing():
            tellings = tuple(self._telling(one, _said(one)[1]) for one in found)
            yield self._disagreement(what.replace(".", "-"), question, tellings)
        yield from self._arrivals_differing()
        links = {one.key: one.id for one in asked}
        for at, one in enumerate(self._overlaps(answered)):
            key = question_key(one.kind.value, *one.about)
            yield self._overlap(f"custody-{at}", one, links.get(key))

    def _disagreement(
        self, name: str, question: str, tellings: tuple[Telling, ...]
    ) -> Disagreement:
        then = _("Both stand until somebody decides, with reasons: correct what is wrong.")
        if len(tellings) > 2:
            then = _("All stand until somebody decides, with reasons: correct what is wrong.")
        decide = "#known" if self.reader.may_correct else None
        return Disagreement(f"tell-{name}", question, tellings, then, decide)

    def _telling(self, one: Saying | StaySaid, what: str) -> Telling:
        who = _("%(source)s says") % {"source": phrases.capital(self.read.teller(one.said))}
        words, row = self._source_words(one.said), self.read.row_url(one.said)
        return Telling(who, phrases.short(what), words, row)

    def _overlaps(self, answered: set[bytes]) -> Iterable[Open]:
        for one in self.opens:
            key = question_key(one.kind.value, *one.about)
            if one.kind is QuestionKind.OVERLAP and key not in answered:
                yield one

    def _overlap(self, name: str, one: Open, question: UUID | None) -> Disagreement:
        stays = [stay for stay in self.lines if stay.said.id in one.about]
        tellings = tuple(self._telling(stay, self._stay_words(stay)) for stay in stays)
        decide = None
        if question is not None and self.reader.may_answer:
            decide = reverse("answer", args=[question])
        asked = _("Who had them? Two stays do not go together.")
        if one.since is not None:
            words = {"day": phrases.day(one.since)}
            asked = _("Who had them from %(day)s? Two stays do not go together.") % words
        return Disagreement(f"tell-{name}", asked, tellings, "", decide)

    def _stay_words(self, stay: StaySaid) -> str:
        parts = [phrases.custodian(stay.custodian), self._place(stay)]
        parts.append(phrases.within(phrases.span(stay.began, stay.ended)))
        return ", ".join(part for part in parts if part)

    def _arrivals_differing(self) -> Iterable[Disagreement]:
        """Sources that tell of different companions or days of arrival."""
        mine = [one for one in self.read.arrivals if one.person_id in self.read.records]
        told = {one.pk: (self._companions(one), phrases.when(one.on)) for one in mine}
        if len({one.source_id for one in mine}) < 2 or len(set(told.values())) < 2:
            return
        tellings = []
        for one in mine:
            said = Said.of(one)
            who = _("%(source)s says") % {"source": phrases.capital(self.read.teller(said))}
            words, row = self._source_words(said), self.read.row_url(said)
            tellings.append(Telling(who, self._arrival_words(one), words, row))
        yield self._disagreement(
            "arrival", _("With whom, and when, did they arrive?"), tuple(tellings)
        )

    def _companions(self, arrival: Any) -> tuple[str, ...]:
        others = [a.person_id for a in self.read.arrivals if a.party == arrival.party]
        seen = [self._other(key) for key in others if key not in self.read.records]
        return tuple(sorted(other.name for other in seen if other is not None))

    def _arrival_words(self, arrival: Any) -> str:
        who = self._companions(arrival)
        said = _("With %(names)s") % {"names": phrases.listed(who)} if who else _("Alone")
        return f"{said}, {phrases.bound(arrival.on)}" if arrival.on else said

    # Questions

    def questions(self, asked: Sequence[Asked], answered: set[bytes]) -> Iterable[QuestionLine]:
        """What is open about the person, each with where to answer it."""
        links = {one.key: one for one in asked}
        shown: set[bytes] = set()
        for one in self.opens:
            key = question_key(one.kind.value, *one.about)
            shown.add(key)
            if key not in answered and one.kind is not QuestionKind.OVERLAP:
                yield self._question(one.kind.value, self._open_words(one), links.get(key))
        for other in asked:
            if other.key not in shown and other.key not in answered:
                yield self._question(other.kind, "", other)

    def _open_words(self, one: Open) -> str:
        if one.kind is not QuestionKind.NOBODY_SAYS or one.since is None:
            return _open_words(one)
        words = {"since": phrases.day(one.since)}
        count = phrases.days(max(0, (self.today - one.since).days))
        return f"{_('Since %(since)s') % words}, {count}."

    def _question(self, kind: str, known: str, asked: Asked | None) -> QuestionLine:
        line = QuestionLine(f"{phrases.question(kind)}.", known)
        if asked is None:
            return line
        if asked.earlier:
            line = replace(line, row_link=asked.earlier_url, row_words=asked.earlier)
        if self.reader.may_answer:
            link = reverse("answer", args=[asked.id])
            line = replace(line, link=link, link_words=_("Answer it"))
        return line

    # Ties, events, joined records

    def ties(self) -> Iterable[Fact]:
        """Relatives whom the reader may see, and with whom they arrived."""
        for tie in self.read.ties:
            yield from self._tie(tie)
        for arrival in self.read.arrivals:
            if arrival.person_id in self.read.records:
                yield self._arrival(arrival)

    def _tie(self, tie: TieSaid) -> Iterable[Fact]:
        outward = tie.person in self.read.records
        other = self._other(tie.relative if outward else tie.person)
        if other is None or other.id in self.read.records:
            return
        relation = tie.relation if outward else INVERSE[tie.relation]
        yield Fact(
            label=phrases.relation(relation),
            value=other.name,
            certainty=tie.said.certainty.value,
            source_words=self._source_words(tie.said),
            link=self.read.row_url(tie.said),
            correct=self._correct(tie.said),
            url=other.url or None,
            code=other.shown,
        )

    def _other(self, key: UUID | None) -> Other | None:
        """Somebody else whom a statement names: whom the reader may see, or a person erased."""
        if key is None:
            return None
        return erased() if key == ERASED else self.read.others.get(key)

    def _arrival(self, arrival: Any) -> Fact:
        return self._fact(_("Arrived"), self._arrival_words(arrival), Said.of(arrival))

    def happened(self) -> Iterable[Happened]:
        """The dated events of the person's custody, in their order."""
        for event in self.read.events:
            yield Happened(
                when=phrases.when(event.on),
                what=self._event_words(event),
                source_words=self._source_words(event.said),
                who=tuple(self._concerned(event)),
                cause=str(Cause(event.cause).label) if event.cause else "",
                words=event.words or "",
                certainty=event.said.certainty.value,
                link=self.read.row_url(event.said),
                correct=self._correct(event.said),
            )

    def _concerned(self, event: EventSaid) -> Iterable[Other]:
        for key in (event.said.person, event.adult):
            other = self._other(key)
            if other is not None and key not in self.read.records:
                yield other

    def _event_words(self, event: EventSaid) -> str:
        said = event_words(event)
        place = self._place(event)
        return f"{said}, {place}" if place else said

    def joined(self) -> Iterable[JoinedRecord]:
        """The records joined with this one, with the reasons and where to part them."""
        for link in self.read.links:
            ends = (link.a, link.b)
            if not all(end in self.read.others for end in ends):
                continue
            here = self.record if self.record in ends else link.a
            other = self.read.others[ends[0] if ends[1] == here else ends[1]]
            told = self.read.sources.get(link.source)
            source = phrases.source(told, self.read.called) if told else ""
            words = _("Joined on what %(source)s told, %(learned)s") % {
                "source": source,
                "learned": phrases.learned(link.learned_on),
            }
            part = None
            if self.reader.may_link:
                part = reverse("part", args=[self.read.others[here].shown, other.shown])
            yield JoinedRecord(other, link.reasons, words, part)


_GONE_HOME = (Departure.REUNIFIED, Departure.RELEASED, Departure.REMOVED)


def event_words(event: EventSaid) -> str:
    """What happened, in words, without its day, place and whom it concerned."""
    actor = event.actor.label if event.actor else ""
    if event.what == "apprehended":
        return _("Taken into custody by %(actor)s") % {"actor": actor}
    if event.what == "separated":
        whom = event.taken_from.label if event.taken_from else ""
        return _("Separated by %(actor)s from %(whom)s") % {"actor": actor, "whom": whom}
    if event.what == "reunified":
        whom = event.united_with.label if event.united_with else ""
        return _("Brought together with %(whom)s") % {"whom": whom}
    words = {"giver": actor, "taker": event.taker.label if event.taker else ""}
    if event.what == "referred":
        return _("Referred by %(giver)s to %(taker)s") % words
    if event.what == "approved":
        return _("Placement approved: from %(giver)s to %(taker)s") % words
    return _("Transferred by %(giver)s to %(taker)s") % words


def _said(saying: Saying) -> tuple[str, str]:
    """A fact's label and its value in words."""
    if saying.what == "name":
        return phrases.name_kind(saying.value.kind), rules.full_name(saying.value)
    if saying.what == "born":
        return _("Born"), phrases.birth(saying.value)
    if saying.what == "age":
        return _("Age"), phrases.age(*saying.value)
    if saying.what == "sex":
        return _("Sex"), phrases.capital(phrases.sex(saying.value))
    if saying.what == "nationality":
        return _("Nationality"), phrases.nationality(saying.value)
    issuer, value, _given = saying.value
    return phrases.identifier(saying.what.partition(".")[2]), phrases.number(issuer, value)


def _spans(births: Iterable[Saying]) -> list[rules.Span]:
    """The days on which each source lets the person have been born."""
    found = []
    for one in births:
        if one.what == "born":
            found.append(rules.birth_span(one.value))
        elif one.value[1] is not None:
            found.append(rules.birth_span_of(*one.value))
    return [span for span in found if span is not None]


def _two_sources(stays: Sequence[StaySaid]) -> bool:
    return len({stay.said.source for stay in stays}) > 1


def _not_before(later: When | None, earlier: When | None) -> bool:
    return bool(later and earlier and not later.certainly_before(earlier))


def _last_to_end(stays: Sequence[StaySaid]) -> StaySaid:
    """The stay that ended last, by the last day it can have ended on."""
    return max(stays, key=_end)


def _end(stay: StaySaid) -> tuple[bool, date]:
    last = stay.ended.last_day if stay.ended else None
    return last is not None, last or date.min


def _gap_line(one: Open) -> StayLine:
    return StayLine(when=_open_words(one), gap=True)


def _open_words(one: Open) -> str:
    """Since when, and until when, something is open."""
    if one.since is None:
        return ""
    if one.until is None:
        return _("Since %(since)s.") % {"since": phrases.day(one.since)}
    words = {"since": phrases.day(one.since), "until": phrases.day(one.until)}
    said = _("%(since)s to %(until)s") % words
    return f"{said}, {phrases.days((one.until - one.since).days)}."
