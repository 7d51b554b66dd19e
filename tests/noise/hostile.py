"""
What may somebody type, send or put into a cell who means no good, or whose name is not ours?

Every text bears a mark that nobody meets by chance, so that it can be looked for where no cell and
no field may be: in messages, logs and what a command prints.
"""

from urllib.parse import quote, quote_from_bytes

from hypothesis import strategies as st

MARK = "Qzxvkj"

SCRIPTS = {
    "Latin": "Ñuñez Muñoz Łukasz Ðặng Thị Ngọc",
    "Greek": "Ελευθερία Παπαδοπούλου",
    "Cyrillic": "Владислава Щербакова",
    "Armenian": "Հայկուհի Տեր-Պետրոսյան",
    "Hebrew": "אֶסְתֵּר בֶּן־דָּוִד",
    "Arabic": "عبد الرحمٰن القحطاني",
    "Persian": "زهرا خسروی‌نژاد",
    "Syriac": "ܡܪܝܡ ܒܪ ܥܒܪܝܐ",
    "Thaana": "އައިޝަތު ރަޝީދު",
    "N’Ko": "ߡߊߡߊߘߎ߫ ߖߊߟߏ߫",
    "Ethiopic": "ወለተ ማርያም ገብረ እግዚአብሔር",
    "Tifinagh": "ⵜⵉⵣⵉⵔⵉ ⵓⵍⵉⴷ",
    "Devanagari": "लक्ष्मी श्रीवास्तव",
    "Bengali": "ঋতুপর্ণা ভট্টাচার্য্য",
    "Gurmukhi": "ਹਰਪ੍ਰੀਤ ਢਿੱਲੋਂ",
    "Gujarati": "જ્યોત્સના પટેલ",
    "Tamil": "தமிழ்ச்செல்வி ஸ்ரீனிவாசன்",
    "Telugu": "వెంకటలక్ష్మి కృష్ణమూర్తి",
    "Kannada": "ಪುಟ್ಟಲಕ್ಷ್ಮಮ್ಮ ಗೌಡ",
    "Malayalam": "ശ്രീലക്ഷ്മി നമ്പൂതിരി",
    "Sinhala": "චන්ද්‍රිකා කුමාරතුංග",
    "Thai": "ณัฐธิดา วงศ์สวัสดิ์",
    "Lao": "ບຸນມີ ສີສະຫວັດ",
    "Tibetan": "བསྟན་འཛིན་རྒྱ་མཚོ",
    "Burmese": "အောင်ဆန်း စုကြည်မြ",
    "Khmer": "សុវណ្ណារី ហ៊ុន",
    "Georgian": "თამარ ჭავჭავაძე",
    "Hangul": "남궁민수 선우",
    "Kana": "さくら タナカ",
    "Han": "歐陽修 司馬遷",
    "Han beyond the first plane": "𠮷野 𡈽屋",
    "Bopomofo": "ㄔㄣˊ ㄒㄧㄠˇ",
    "Yi": "ꆈꌠ ꉙꇉ",
    "Mongolian": "ᠴᠢᠩᠭᠢᠰ ᠬᠠᠭᠠᠨ",
    "Cherokee": "ᏎᏉᏯ ᏥᏍᏆ",
    "Syllabics": "ᐃᓄᒃ ᓯᓚᑉᐱ",
    "Osage": "𐓏𐓘𐓻𐓘𐓻𐓟 𐓣𐓟",
    "Adlam": "𞤀𞤣𞤤𞤢𞤥 𞤆𞤵𞤤𞤢𞤪",
    "Vai": "ꕙꔤ ꖺꖨ",
    "Balinese": "ᬓᬢᬸᬢ᭄ ᬅᬬᬸ",
    "Combining marks": "Gu\u0308\u0301ero\u0301n Z\u0351\u036b\u0343a\u0326\u0300l\u0327g\u0321o",
}
"""A name in each script; all are invented."""

TEXTS = {
    **{f"name, {script}": name for script, name in SCRIPTS.items()},
    "null byte": "a\0b",
    "only a null byte": "\0",
    "control characters": "".join(map(chr, range(1, 32))) + "\x7f\x85",
    "overridden right to left": "\u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "nothing to be seen": "\u200b\u200c\u200d\u2060\ufeff\u00ad",
    "only spaces": " \u00a0\u3000\t",
    "four hundred marks on one letter": "e" + "\u0301" * 400,
    "no characters": "\ufffe\uffff\U0010ffff",
    "replaced": "\ufffd\ufffd",
    "a family in one sign": "👩‍👩‍👧‍👦🏳️‍🌈",
    "longer where it is folded": "ﷺ" * 40 + "İ" * 40 + "ß" * 40,
    "formula": "=cmd|' /C calc'!A0",
    "formula of a link": '=HYPERLINK("http://localhost/?x="&A1,"x")',
    "plus": "+1+1",
    "minus": "-2+3",
    "at": "@SUM(1+1)*9",
    "tab before": "\t=1+1",
    "carriage return before": "\r=1+1",
    "quotation marks": '"\'`´“”„«»""',
    "lines": "a\r\nSet-Cookie: a=b\r\n\r\n<p>",
    "markup": "</textarea><script>alert(1)</script><svg onload=alert(1)>",
    "template": "{{ 7|add:7 }}{% debug %}${7*7}#{7*7}",
    "to be filled": "%s %(x)s %n {0} {a.__class__} %",
    "database": "'; DROP TABLE people_person; -- \\' \\x00",
    "pattern": "((((a+)+)+)+)+$ [[[ \\",
    "path": "../../../../etc/passwd\\..\\C:\\nul",
    "json": '{"a": [[[{"b": null}]]], "\\ud800": 1e999}',
    "two hundred and one": "x" * 201,
    "four thousand and one": "é" * 4_001,
    "very long": "ñ " * 30_000,
}
"""Words that do harm where somebody is careless, by what they are."""

NUMBERS = {
    "beyond 64 bits": str(2**63),
    "below 64 bits": str(-(2**63) - 1),
    "beyond 32 bits": str(2**31),
    "beyond 16 bits": str(2**15),
    "five thousand digits": "9" * 5_000,
    "nought": "0",
    "below nought": "-1",
    "not a number": "NaN",
    "endless": "-Infinity",
    "exponent": "1e309",
    "fraction": "1.5",
    "Arabic digits": "٢٠٢٦",
    "wide digits": "１２",
    "superscript": "²",
    "with a low line": "1_000",
    "sixteen": "0x10",
}

DAYS = {
    "year nought": "0000-01-01",
    "first year": "0001-01-01",
    "last year": "9999-12-31",
    "year ten thousand": "10000-01-01",
    "no such day": "2026-02-30",
    "no such month": "2026-13-01",
    "before Christ": "-0044-03-15",
    "long ago": "1582-10-10",
    "tomorrow's century": "2100-01-01",
    "Arabic digits": "٢٠٢٦-٠١-٠١",
    "with an hour": "2026-01-01T24:00:61+99:99",
    "a week": "2026-W53-7",
}

KEYS = {
    "no id": "not-an-id",
    "id of nobody": "00000000-0000-0000-0000-000000000000",
    "id in braces": "{ffffffff-ffff-ffff-ffff-ffffffffffff}",
    "id as a name": "urn:uuid:01890000-0000-7000-8000-000000000000",
    "code never given": "ZZZ-ZZZ-Z",
    "code with a wrong letter": "K7Q-2M9-5",
    "many codes": ", ".join(["K7Q-2M9-4"] * 40),
}

BYTES = {
    "no UTF-8": b"\xff\xfe\xc3",
    "half a surrogate": b"\xed\xa0\x80\xed\xb0\x80",
    "nought, too long": b"\xc0\x80",
    "a letter of Windows": b"Mu\xf1oz",
}
"""What no text is; a browser that was tampered with can send it."""


def marked(text: str) -> str:
    """A text with the mark in it; what it begins with stays in front, for that is its point."""
    return f"{text}{MARK}"


def is_marked(text: str) -> bool:
    """Whether something that was sent or received stands in this text."""
    return MARK.casefold() in text.casefold()


VALUES: dict[str, str | bytes] = {
    "empty": "",
    **{what: marked(text) for what, text in TEXTS.items()},
    **NUMBERS,
    **{f"day, {what}": day for what, day in DAYS.items()},
    **KEYS,
    **BYTES,
}
"""All of them, as a field of a form is sent."""

LETTERS = st.characters(exclude_categories=["Cs"])
DRAWN = st.one_of(
    st.sampled_from([value for value in VALUES.values() if isinstance(value, str)]),
    st.text(LETTERS, max_size=60).map(marked),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.uuids().map(str),
)
"""A text as anybody may send it: one of those above, or any at all."""

SENT = st.one_of(DRAWN, st.sampled_from(list(BYTES.values())), st.binary(max_size=40))
"""What can be sent in an address or a form, which are bytes."""


def escaped(value: str | bytes, safe: str = "") -> str:
    """A value as it is written in an address or in the body of a form."""
    if isinstance(value, bytes):
        return quote_from_bytes(value, safe=safe)
    return quote(value, safe=safe, errors="surrogatepass")
