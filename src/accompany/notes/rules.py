"""
May a privileged note be written?

Plain values in, plain answers out: no database, no clock, no settings.
"""

from accompany.base.refusal import Objection

EMPTY = Objection(
    "notes.empty",
    "The note says nothing.",
    "Write it, or leave the page.",
)
REASON_MISSING = Objection(
    "notes.reason-missing",
    "The note stays, because no reason was given.",
    "Say in a sentence why it is withdrawn.",
)


def objections_to_writing(words: str) -> list[Objection]:
    """What stands against keeping a note."""
    return [] if words.strip() else [EMPTY]
