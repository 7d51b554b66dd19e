"""Files into rows: what is read, what is refused, and that nothing received is lost."""

import json
import zipfile
from datetime import date, datetime
from itertools import count

import openpyxl
import pytest

from accompany.base.refusal import Refused
from accompany.exchange import delimited as delimited_module
from accompany.exchange import workbook as workbook_module
from accompany.exchange.faults import column_letter
from accompany.exchange.reading import Role, open_table

HEADING = "name,age,country"


def asks_for(*wanted):
    """A layout that knows its headings by these words."""
    return lambda cells: set(wanted) <= {cell and cell.strip().casefold() for cell in cells}


IS_HEADING = asks_for("name", "age")


@pytest.fixture
def received(tmp_path):
    """Writes a file as it may be received, and says where."""
    numbers = count()

    def receive(content, encoding="utf-8"):
        path = tmp_path / f"{next(numbers)}.list"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return receive


@pytest.fixture
def saved(tmp_path):
    """Writes a workbook of sheets, given as rows by name, and says where."""

    def save(**sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "list.xlsx"
        book.save(path)
        return path

    return save


def changed(path, part, change):
    """The workbook with one part changed, or added if it has none of the name."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def rows_of(path, is_heading=IS_HEADING, **asked):
    with open_table(path, name="list", **asked) as table:
        table.find_heading(is_heading)
        return list(table)


def records_of(path, **asked):
    return [row.cells for row in rows_of(path, **asked) if row.role is Role.RECORD]


def refusal_of(path, is_heading=IS_HEADING, **asked):
    """The code and the sentence with which a file is refused."""
    with pytest.raises(Refused) as caught:
        rows_of(path, is_heading, **asked)
    [objection] = caught.value.objections
    return objection.code.removeprefix("exchange."), objection.told()[0]


# Text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_recognised(received, delimiter):
    lines = [("name", "age", "country"), ("Luz", "7", "Honduras"), ("Eva", "9", "El Salvador")]
    path = received("\n".join(delimiter.join(line) for line in lines))
    assert records_of(path) == lines[1:]


def test_the_delimiter_is_the_one_under_which_the_headings_stand(received):
    lines = "".join(f"Luz {n};{n},5,{n},7\n" for n in range(9))
    assert records_of(received(f"name;age\n{lines}"))[1] == ("Luz 1", "1,5,1,7")


def test_a_hint_for_spreadsheets_is_followed_and_kept(received):
    rows = rows_of(received("sep=|\r\nname|age\r\na,b|1\r\n"))
    assert [row.role for row in rows] == [Role.TITLE, Role.HEADING, Role.RECORD]


@pytest.mark.parametrize(
    ("encoding", "mark", "told"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("cp1252", b"", "cp1252"),
    ],
)
def test_each_encoding_is_recognised_and_every_byte_kept(received, encoding, mark, told):
    path = received(mark + "name,age\r\nNúñez,7\r\n".encode(encoding))
    with open_table(path, name="list") as table:
        table.find_heading(IS_HEADING)
        rows = list(table)
        assert (table.encoding, table.bom, table.format) == (told, mark, "csv")
    assert rows[1].cells == ("Núñez", "7")
    assert mark + b"".join(row.raw for row in rows) == path.read_bytes()


def test_a_line_break_within_a_cell_belongs_to_its_record(received):
    rows = rows_of(received('name,age\n"Luz\r\nPaz",7\n\nEva,8'))
    assert [(row.place, row.line, row.raw) for row in rows[1:]] == [
        (2, 2, b'"Luz\r\nPaz",7\n'),
        (3, 4, b"\n"),
        (4, 5, b"Eva,8"),
    ]


def test_blank_rows_are_yielded_and_marked(received):
    roles = [row.role for row in rows_of(received(f"{HEADING}\n,,\n\na,1,b\n"))]
    assert roles == [Role.HEADING, Role.BLANK, Role.BLANK, Role.RECORD]


def test_a_row_with_another_number_of_cells_is_marked_and_kept(received):
    rows = rows_of(received(f"{HEADING}\na,1,b\na,,1,b\na,1\n"))
    assert [row.ragged for row in rows] == [False, False, True, True]


def test_empty_cells_at_the_end_of_most_rows_are_not_ragged(received):
    rows = rows_of(received(f"{HEADING}\n" + "a,1,b,,\n" * 9 + "a,1,b\n"))
    assert [row.ragged for row in rows[1:]] == [False] * 9 + [True]


def test_a_file_of_mostly_ragged_rows_is_refused(received):
    assert refusal_of(received(f"{HEADING}\n" + "a,1\n" * 6 + "a,1,b\n" * 5))[0] == "ragged"


def test_a_cell_of_a_megabyte_is_read(received):
    long = "ñ" * (1 << 20)
    assert records_of(received(f"name,age\n{long},7\n")) == [(long, "7")]


def test_a_cell_too_long_is_refused_with_its_place(received, monkeypatch):
    monkeypatch.setattr(delimited_module, "CELL_LIMIT", 50)
    path = received("name,age\nLuz,7\nEva," + "9" * 51 + "\n")
    assert refusal_of(path)[1].startswith("list, row 3, column B: ")


def test_a_row_without_an_end_is_refused_with_its_place(received, monkeypatch):
    monkeypatch.setattr(delimited_module, "RECORD_LIMIT", 100)
    path = received("name,age\nLuz,7\n" + "9," * 60)
    assert refusal_of(path)[1].startswith("list, row 3, column ")


def test_a_quotation_mark_never_closed_is_refused_with_its_row(received):
    code, why = refusal_of(received('name,age\nLuz,7\n"Eva,8\nAna,9\n'))
    assert (code, why[:12]) == ("quote-not-closed", "list, row 3:")


def test_a_quotation_mark_never_closed_in_a_long_file_is_refused_early(received, monkeypatch):
    monkeypatch.setattr(delimited_module, "RECORD_LIMIT", 100)
    code, why = refusal_of(received('name,age\nLuz,"7\n' + "Ana,9\n" * 50))
    assert (code, why[:22]) == ("quote-not-closed", "list, row 2, column B:")


def test_a_nought_character_in_one_cell_is_read(received):
    path = received(f"{HEADING}\n" + "Luz,7,Honduras\n" * 20 + "L\x00uz,7,Honduras\n")
    assert records_of(path)[-1][0] == "L\x00uz"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \r\n\r\n", "empty"),
        (bytes(range(256)) * 4, "not-text"),
        (b"%PDF-1.7 a list", "not-text"),
        (b"name,age\nL\x81z,7\n", "undecodable"),
        (b"\xef\xbb\xbfname,age\nL\xfaz,7\n", "undecodable"),
        (b"\xff\xfen\x00a\x00m", "undecodable"),
        (b"\xff\xfe\x00\x00n\x00\x00\x00", "undecodable"),
        (b"name,age\n\xc3\xb1,7\n\xc3\xb1,7\nL\xfaz,7\n", "mixed-encodings"),
        (b"name,age\n", "no-rows"),
        (b"colour,size\nred,7\n", "no-heading"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "old-or-locked-workbook"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(received, content, code):
    assert refusal_of(received(content))[0] == code


def test_the_line_that_cannot_be_decoded_is_told(received):
    assert refusal_of(received(b"name,age\nLuz,7\nL\x81z,7\n"))[1].startswith("list, line 3: ")


def test_a_text_has_no_sheets_to_ask_for(received):
    assert refusal_of(received("name,age\nLuz,7\n"), sheet="Luz")[0] == "no-such-sheet"


# Headings


def test_a_heading_is_found_below_titles(received):
    path = received("A list\n\nof children\nname,age\nLuz,7\n")
    with open_table(path, name="list") as table:
        assert table.find_heading(IS_HEADING).place == 4
        roles = [row.role for row in table]
    assert roles == [Role.TITLE, Role.BLANK, Role.TITLE, Role.HEADING, Role.RECORD]


def test_a_heading_below_fifty_rows_is_not_looked_for(received):
    assert refusal_of(received("a title\n" * 50 + "name,age\nLuz,7\n"))[0] == "no-heading"


@pytest.fixture
def heading(received):
    with open_table(received("Name,AGE,,Birth_Date,age \nLuz,7,,,7\n"), name="list") as table:
        return table.find_heading(IS_HEADING)


def test_a_column_is_found_by_any_spelling(heading):
    assert (heading.column("birth date"), heading.column("nombre", "náme")) == (3, 0)


def test_a_heading_knows_the_letters_over_its_columns(heading):
    assert heading.letter(heading.column("Birth_Date")) == "D"


def test_a_column_that_is_not_there_is_none(heading):
    assert heading.column("sex", "") is None


def test_a_heading_twice_is_refused_only_if_it_is_asked_for(heading):
    with pytest.raises(Refused) as caught:
        heading.column("age")
    assert caught.value.objections[0].told()[0].startswith("list, row 1, column E: ")


@pytest.mark.parametrize(
    ("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_have_the_letters_of_a_spreadsheet(column, letters):
    assert column_letter(column) == letters


# Workbooks


def test_all_sheets_are_stacked_and_each_row_keeps_its_origin(saved):
    titles = [["A release"], [None], ["of stays"]]
    path = saved(
        First=[*titles, ["name", "age"], ["Luz", 7]],
        Notes=[["nothing here"]],
        Second=[["age", "name"], [8, "Eva"]],
    )
    with open_table(path, name="list") as table:
        table.find_heading(IS_HEADING)
        rows = [row for row in table if row.role is Role.RECORD]
        assert [(row.sheet, row.place) for row in rows] == [("First", 5), ("Second", 2)]
        assert [row.cells[table.headings[row.sheet].column("name")] for row in rows] == [
            "Luz",
            "Eva",
        ]


def test_rows_of_a_sheet_without_headings_are_kept_as_titles(saved):
    rows = rows_of(saved(List=[["name", "age"], ["Luz", 7]], Notes=[["nothing here"]]))
    assert rows[-1].role is Role.TITLE


def test_one_sheet_may_be_asked_for(saved):
    path = saved(First=[["name", "age"], ["Luz", 7]], Second=[["name", "age"], ["Eva", 8]])
    assert records_of(path, sheet="Second") == [("Eva", "8")]


def test_a_sheet_that_is_not_there_is_refused(saved):
    path = saved(First=[["name", "age"], ["Luz", 7]])
    assert refusal_of(path, sheet="Second")[0] == "no-such-sheet"


def test_cells_come_as_text_and_are_kept_with_their_kinds(saved):
    days = [date(2018, 5, 1), datetime.fromisoformat("2018-05-01T13:30")]
    cells = ["Luz", 7, 12345678.0, 1.5, *days, True, None]
    path = saved(List=[["name", "age", *"abcdefg"], [*cells, "x"]])
    row = rows_of(path)[-1]
    assert row.cells == (
        *("Luz", "7", "12345678", "1.5"),
        *("2018-05-01", "2018-05-01 13:30:00", "TRUE", None, "x"),
    )
    kinds = [kind for kind, _ in json.loads(row.raw).values()]
    assert kinds == ["s", "n", "n", "n", "d", "d", "b", "s"]


def test_a_formula_is_never_worked_out(saved):
    path = saved(List=[["name", "age"], ["Luz", "=1+6"]])
    assert records_of(path) == [("Luz", "=1+6")]


def test_what_a_formula_last_showed_is_read(saved):
    path = saved(List=[["name", "age"], ["Luz", "=1+6"]])
    changed(path, "xl/worksheets/sheet1.xml", lambda part: part.replace(b"<v />", b"<v>7</v>"))
    changed(path, "xl/worksheets/sheet1.xml", lambda part: part.replace(b"<v></v>", b"<v>7</v>"))
    assert records_of(path) == [("Luz", "7")]


def test_characters_that_xml_cannot_hold_are_read_from_their_spelling(saved):
    path = saved(List=[["name", "age"], ["L_x00FA_z_xD800_", 7]])
    assert records_of(path)[0][0] == "Lúz"


def test_short_rows_of_a_workbook_are_filled_and_not_ragged(saved):
    [row] = rows_of(saved(List=[["name", "age", "sex"], ["Luz"]]))[1:]
    assert (row.cells, row.ragged) == (("Luz", None, None), False)


def with_sheet(saved, data):
    """A workbook whose one sheet holds this XML, given whole."""
    path = saved(List=[["name", "age"], ["Luz", 7]])
    return changed(path, "xl/worksheets/sheet1.xml", lambda _: data)


SPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NAMED = b'<row><c t="str"><v>name</v></c><c t="str"><v>age</v></c></row>'


def sheet_of(rows):
    return b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (SPACE, rows)


def test_a_workbook_that_declares_entities_is_refused(saved):
    bomb = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + sheet_of(b"")
    assert refusal_of(with_sheet(saved, bomb))[0] == "workbook-unsafe"


def with_shared_texts(path, texts):
    """The workbook with these texts for its cells to share."""
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    related = (
        b'<Relationship Id="texts" Type="%b" Target="sharedStrings.xml"/></Relationships>' % kind
    )
    rels = "xl/_rels/workbook.xml.rels"
    changed(path, rels, lambda part: part.replace(b"</Relationships>", related))
    return changed(
        path, "xl/sharedStrings.xml", lambda _: b'<sst xmlns="%b">%b</sst>' % (SPACE, texts)
    )


def test_shared_texts_are_read_without_how_they_are_spoken(saved):
    path = with_sheet(saved, sheet_of(NAMED + b'<row><c t="s"><v>1</v></c></row>'))
    spoken = b"<si><t>a</t></si><si><r><t>L</t></r><r><t>uz</t></r><rPh><t>x</t></rPh></si>"
    assert records_of(with_shared_texts(path, spoken)) == [("Luz", None)]


def test_shared_texts_too_large_to_hold_are_refused(saved, monkeypatch):
    monkeypatch.setattr(workbook_module, "MOST_BYTES_HELD", 10)
    path = with_shared_texts(saved(List=[["name", "age"], ["Luz", 7]]), b"<si><t>Luz</t></si>")
    assert refusal_of(path)[0] == "workbook-swells"


def test_inline_texts_are_read_without_how_they_are_spoken(saved):
    text = b"<is><r><t>L</t></r><r><t>uz</t></r><rPh><t>x</t></rPh></is>"
    path = with_sheet(saved, sheet_of(NAMED + b'<row><c t="inlineStr">%b</c></row>' % text))
    assert records_of(path) == [("Luz", None)]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (b"<c><v>1.2E7</v></c>", "12000000"),
        (b"<c><v>1e999</v></c>", "1e999"),
        (b"<c><v>seven</v></c>", "seven"),
        (b'<c t="e"><v>#REF!</v></c>', "#REF!"),
        (b'<c t="d"><v>2018-05-01</v></c>', "2018-05-01"),
        (b'<c t="str"><f>A1</f><v></v></c><c><v>1</v></c>', None),
    ],
)
def test_a_cell_says_what_the_workbook_stored(saved, cell, said):
    path = with_sheet(saved, sheet_of(NAMED + b"<row>%b</row>" % cell))
    assert records_of(path)[0][0] == said


@pytest.mark.parametrize(
    ("serial", "said"), [(b"43221", "2018-05-01"), (b"0.5", "12:00:00"), (b"9" * 20, "9" * 20)]
)
def test_numbers_shown_as_days_are_read_as_days(saved, serial, said):
    path = saved(List=[["name", "age"], [date(2018, 5, 1), 7]])
    changed(path, "xl/worksheets/sheet1.xml", lambda part: part.replace(b"43221", serial))
    assert records_of(path)[0][0] == said


def test_days_are_counted_from_the_day_that_the_workbook_says(saved):
    path = saved(List=[["name", "age"], [date(2018, 5, 1), 7]])
    later = b'<workbookPr date1904="1" '
    changed(path, "xl/workbook.xml", lambda part: part.replace(b"<workbookPr ", later))
    assert records_of(path)[0][0] == "2022-05-02"


def test_a_workbook_with_a_part_too_large_to_hold_is_refused(saved, monkeypatch):
    monkeypatch.setattr(workbook_module, "MOST_BYTES_OF_A_SMALL_PART", 10)
    assert refusal_of(saved(List=[["name", "age"], ["Luz", 7]]))[0] == "workbook-swells"


def test_a_tag_without_an_end_is_refused_before_it_fills_the_memory(saved, monkeypatch):
    monkeypatch.setattr(workbook_module, "_LONGEST_TOKEN", 1 << 17)
    path = with_sheet(saved, sheet_of(b'<row r="%b"/>' % (b"9" * (1 << 19))))
    assert refusal_of(path)[0] == "workbook-damaged"


def test_a_row_of_a_workbook_too_long_is_refused_with_its_place(saved, monkeypatch):
    monkeypatch.setattr(workbook_module, "RECORD_LIMIT", 50)
    code, why = refusal_of(saved(List=[["name", "age"], ["Luz" * 9, "9" * 30]]))
    assert (code, why[:34]) == ("row-too-long", "list, sheet List, row 2, column B:")


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="2"/><row r="1"/>',
        b'<row r="1"><c r="XFE1"><v>1</v></c></row>',
        b'<row r="1"><c r="AAAAAA1"><v>1</v></c></row>',
        b'<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        b'<row r="1"><c r="A1" t="s"><v>999</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></row>',
        b'<row r="one"/>',
        b'<row r="1"><c r="A1" s="one"/></row>',
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused(saved, rows):
    assert refusal_of(with_sheet(saved, sheet_of(rows)))[0] == "workbook-damaged"


def test_a_row_of_an_absurd_number_costs_nothing(saved):
    rows = b'<row r="1"><c t="str"><v>name</v></c><c t="str"><v>age</v></c></row>'
    rows += b'<row r="999999999"><c><v>7</v></c></row>'
    assert rows_of(with_sheet(saved, sheet_of(rows)))[-1].place == 999_999_999


def test_a_workbook_that_swells_is_refused_before_it_is_unpacked(saved, monkeypatch):
    monkeypatch.setattr(workbook_module, "SWELLING_MATTERS_FROM", 1 << 16)
    path = with_sheet(saved, sheet_of(b" " * (1 << 22)))
    assert refusal_of(path)[0] == "workbook-swells"


def test_a_workbook_whose_cells_repeat_one_long_text_is_refused(saved, monkeypatch):
    monkeypatch.setattr(workbook_module, "MOST_CHARACTERS", 500)
    path = saved(List=[["name", "age"], *[["Luz" * 20, 7]] * 20])
    assert refusal_of(path)[0] == "workbook-swells"


def test_a_workbook_of_too_many_parts_is_refused(saved, monkeypatch):
    monkeypatch.setattr(workbook_module, "MOST_PARTS", 3)
    assert refusal_of(saved(List=[["name", "age"], ["Luz", 7]]))[0] == "workbook-swells"


def test_a_cell_of_a_workbook_too_long_is_refused_with_its_place(saved, monkeypatch):
    monkeypatch.setattr(workbook_module, "CELL_LIMIT", 50)
    code, why = refusal_of(saved(List=[["name", "age"], ["Luz", "9" * 51]]))
    assert (code, why[:34]) == ("cell-too-long", "list, sheet List, row 2, column B:")


def test_a_locked_workbook_is_refused(saved):
    path = saved(List=[["name", "age"], ["Luz", 7]])
    content = bytearray(path.read_bytes())
    entry = content.find(b"PK\x01\x02")
    content[entry + 8] |= 1
    path.write_bytes(content)
    assert refusal_of(path)[0] == "old-or-locked-workbook"


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("list.csv", "name,age\nLuz,7\n")
    assert refusal_of(path)[0] == "not-a-workbook"


def test_a_workbook_cut_short_is_refused(saved):
    path = saved(List=[["name", "age"], ["Luz", 7]])
    path.write_bytes(path.read_bytes()[:-100])
    assert refusal_of(path)[0] == "workbook-damaged"


def test_an_archive_packed_in_a_way_no_spreadsheet_knows_is_refused(tmp_path):
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", "")
    assert refusal_of(path)[0] == "not-a-workbook"


def test_a_document_of_another_program_is_refused(saved):
    path = saved(List=[["name", "age"], ["Luz", 7]])
    changed(path, "_rels/.rels", lambda part: part.replace(b"workbook.xml", b"workbook.bin"))
    assert refusal_of(path)[0] == "not-a-workbook"


def test_two_sheets_of_one_name_are_refused(saved):
    path = saved(One=[["name", "age"], ["Luz", 7]], Two=[["name", "age"], ["Eva", 8]])
    changed(path, "xl/workbook.xml", lambda part: part.replace(b'"Two"', b'"One"'))
    assert refusal_of(path)[0] == "workbook-damaged"


def test_a_workbook_without_a_sheet_of_cells_is_empty(saved):
    path = saved(List=[["name", "age"], ["Luz", 7]])
    rels = "xl/_rels/workbook.xml.rels"
    changed(path, rels, lambda part: part.replace(b"/worksheet", b"/chartsheet", 1))
    assert refusal_of(path)[0] == "empty"


def test_a_workbook_without_styles_is_read(saved):
    path = saved(List=[["name", "age"], ["Luz", 7]])
    rels = "xl/_rels/workbook.xml.rels"
    changed(path, rels, lambda part: part.replace(b"/styles", b"/other"))
    assert records_of(path) == [("Luz", "7")]


def test_a_table_says_how_it_was_written(saved, received):
    with open_table(received("name;age\nLuz;7\n"), name="list") as table:
        assert (table.format, table.delimiter, table.sheets) == ("csv", ";", (None,))
    with open_table(saved(List=[["name"]]), name="list") as table:
        assert (table.format, table.delimiter, table.encoding, table.bom) == (
            "xlsx",
            None,
            None,
            b"",
        )
        assert table.sheets == ("List",)
