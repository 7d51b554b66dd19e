"""
Who may do what: one table of every page and every command.

It is written by hand. `tests/structure/test_walk.py` walks every address and command as everybody
in it and compares; `docs/reference/who-may-what.md` is made from it. An address that is not here
fails.

A letter for each reader: `o` it is open to them; `-` for them there is nothing here, as where there
never was anything; `i` they are asked to sign in. Where an address names a record, a list, a case
or a question, it is one of the first organisation's: a child in a companion's case.
"""

HERE = (
    "administrator", "caseworker", "tracer", "analyst", "auditor", "companion of the case",
    "counsel", "therapist of the case",
)  # fmt: skip
"""Of the organisation whose record it is."""

ELSEWHERE = (
    "administrator elsewhere", "caseworker elsewhere", "tracer elsewhere", "analyst elsewhere",
    "auditor elsewhere", "companion elsewhere", "counsel elsewhere", "therapist elsewhere",
)  # fmt: skip
"""Of another organisation."""

BESIDES = (
    "companion of another case", "borrower within the slot", "borrower after the slot",
    "tracer whose account has lapsed",
)  # fmt: skip
"""Those who see less than they did, or more."""

READERS = ("nobody", *HERE, *ELSEWHERE, *BESIDES)
"""Who comes, in the order of the letters."""

PAGES = """
sign-in               o oooooooo oooooooo oooo
second-factor         i iiiiiiii iiiiiiii iiii
way-in                o oooooooo oooooooo oooo
sign-out              o oooooooo oooooooo oooo
weather               o oooooooo oooooooo oooo
choose-password       i oooooooo oooooooo oooo
set-language          o oooooooo oooooooo oooo
today                 i oooooooo oooooooo oooo
help                  i oooooooo oooooooo oooo

account               i oooooooo oooooooo oooo
set-up-second-factor  i oooooooo oooooooo oooo
add-app               i oooooooo oooooooo oooo
add-passkey           i oooooooo oooooooo oooo
rename-second-factor  i oooooooo oooooooo oooo
remove-second-factor  i oooooooo oooooooo oooo
recovery-codes        i oooooooo oooooooo oooo
end-session           i oooooooo oooooooo oooo
lock-account          i oooooooo oooooooo oooo
prove                 i oooooooo oooooooo oooo

people                i ooo--ooo ooo--ooo ooo-
person                i ooo--ooo -------- -o--
family                i ooo--ooo -------- -o--
who-sees              i o------- -------- ----
erase                 i o------- -------- ----
confirm-erasure       i o------- -------- ----
erasures              i o------- o------- ----

record-person         i ooo----- ooo----- -oo-
record-facts          i ooo----- -------- ----
record-stay           i ooo----- -------- ----
record-tie            i ooo----- -------- ----
record-arrival        i ooo----- -------- ----
record-separation     i ooo----- -------- ----
record-reunification  i ooo----- -------- ----
record-standing       i ooo----- -------- ----
join                  i ooo----- -------- ----
part                  i ooo----- -------- ----
correct               i ooo----- -------- ----
questions             i ooo--ooo ooo--ooo ooo-
answer                i ooo----- -------- ----

lists                 i ooooo--- ooooo--- -oo-
receive               i ooo----- ooo----- -oo-
under-way             i ooo----- -------- ----
decide                i ooo----- -------- ----
list                  i ooooo--- -------- ----
list-file             i ooo----- -------- ----
withdraw              i o-o----- -------- ----
rows                  i ooo----- -------- ----
row                   i ooo----- -------- ----

enquiries             i ooo----- ooo----- -oo-
ask-others            i ooo----- ooo----- -oo-
passed-on             i ooo----- ooo----- -oo-
enquiry               i ooo----- -------- ----
asked-of-us           i o-o----- -------- ----

consent               i ooo--ooo -------- ----
record-consent        i ooo----- -------- ----
withdraw-consent      i ooo----- -------- ----
refer                 i ooo----- -------- ----
referral-file         i ooo----- -------- ----
overrides             i ooo----- ooo----- -oo-
counsel-notes         i ------o- -------- ----
therapy-notes         i -------o -------- ----
demands               i oooooooo oooooooo ooo-
log-demand            i oooooooo oooooooo ooo-
demand                i o-----o- -------- ----

figures               i ooooo--- ooooo--- -ooo
figure                i ooooo--- ooooo--- -ooo
figure-exact          i o-o----- o-o----- -oo-
figure-csv            i ooooo--- ooooo--- -ooo
figure-json           i ooooo--- ooooo--- -ooo

trail                 i o---o--- o---o--- ----
users                 i o------- o------- ----
invite                i o------- o------- ----
deactivate            i o------- o------- ----
reactivate            i o------- o------- ----
reset                 i o------- o------- ----
renew                 i o------- o------- ----
lock                  i o------- o------- ----
lock-seen             i o------- o------- ----
end-sessions          i o------- o------- ----
cases                 i o------- o------- ----
make-case             i o------- o------- ----
case                  i o------- -------- ----
teams                 i o------- o------- ----
make-team             i o------- o------- ----
team                  i o------- -------- ----
"""

COMMANDS = """
setup                 oooooooo
demo                  oooooooo
serve                 o-------
import                ooo-----
lists                 ooooo---
list                  ooooo---
withdraw              o-o-----
file                  ooo-----
layouts list          ooooo---
layouts template      ooooo---
person                ooo--ooo
erase                 o-------
erasures              o-------
erased                ooooo---
figures               ooooo---
figure                ooooo---
users list            o-------
users invite          o-------
users deactivate      o-------
users reactivate      o-------
users reset           o-------
users renew           o-------
users lock            o-------
enter                 o-------
cases list            o-------
cases make            o-------
cases put             o-------
cases take            o-------
cases join            o-------
cases leave           o-------
teams list            o-------
teams make            o-------
teams name            o-------
teams join            o-------
teams leave           o-------
teams keep            o-------
teams open            o-------
organisations list    ooooo---
organisations add     o-------
verify                o---o---
doctor                oooooooo
checkpoint            o---o---
keys list             o-------
keys new              oooooooo
keys rotate           o-------
keys forget           o-------
keys renew-digests    o-------
backup                o-------
restore               oooooooo
migrate               oooooooo
worker                o-------
version               oooooooo
"""
"""The letters of the roles alone: a command is run on the server, as an account that it names."""


def read(table: str) -> dict[str, str]:
    """The letters of each line, by what the line is about."""
    lines = [line.split("  ", 1) for line in table.splitlines() if line]
    return {name: letters.replace(" ", "") for name, letters in lines}
