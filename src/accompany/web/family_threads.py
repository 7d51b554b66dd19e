"""
Which thread does each custodian have, and which mark each thing that happens?
"""

from accompany.web import svg

# Custodian: the class of its thread, and the weave laid over it as (width, dash, cap). The weave
# tells what colour does not: in print, in a photocopy, to a colour-blind reader.
Weave = tuple[float, str, str]
THREADS: dict[str, tuple[str, Weave | None]] = {
    "family": ("kin", None),
    "sponsor": ("kin", (3.4, "", "butt")),
    "own_care": ("kin", (10, "4 11", "butt")),
    "orr": ("orr", (3.6, "0 9", "round")),
    "cbp": ("cbp", (10, "2 4", "butt")),
    "dhs": ("cbp", (10, "2 4", "butt")),
    "ice": ("ice", (10, "2 12", "butt")),
    "usms": ("usm", (2.6, "9 5", "butt")),
    "bop": ("usm", (2.6, "9 5", "butt")),
    "local": ("usm", (2.6, "9 5", "butt")),
    "other": ("plain", (5, "5 5", "butt")),
    "unknown": ("plain", (5, "5 5", "butt")),
}

MARKS = {
    "weft": '<path d="M0 4H36M0 12H36" class="kin-s" stroke-width="6"/>'
    '<path d="M8 0v9M17 7v9M26 0v9" class="ink-s" stroke-width="1.6"/>',
    "separated": '<rect x="5" y="4" width="26" height="8" class="ink-f"/>'
    '<rect x="16" y="2" width="4" height="12" class="paper-f"/>',
    "reunified": '<rect x="5" y="1.5" width="26" height="13" rx="6.5" class="ink-s"'
    ' stroke-width="3"/>',
    "removed": '<path d="M0 8H14M22 8H36" class="kin-s" stroke-width="9"/>'
    '<path d="M14 0V16M22 0V16" class="ink-s" stroke-width="2"/>',
    "gap": '<circle cx="6" cy="8" r="5" class="paper-f ink-s" stroke-width="1.8"/>'
    '<circle cx="30" cy="8" r="5" class="paper-f ink-s" stroke-width="1.8"/>',
    "split": '<path d="M0 4H36" class="plain-s" stroke-width="5"/>'
    '<path d="M0 12H36" class="plain-s" stroke-width="5"/>',
    "open": '<rect x="2" y="2" width="32" height="12" class="line-s" stroke-width="1.5"'
    ' stroke-dasharray="3 3"/>',
}


def known_custodian(code: str) -> str:
    return code if code in THREADS else "unknown"


def swatch(custodian: str) -> str:
    """A short piece of a custodian's thread, for the key."""
    kind, weave = THREADS[known_custodian(custodian)]
    over = (
        svg.path("M0 8H36", "weave", weave[0], dasharray=weave[1], linecap=weave[2])
        if weave
        else ""
    )
    thread = f'<path d="M0 8H36" class="thread {kind}-s"/>'
    return f'<svg viewBox="0 0 36 16" aria-hidden="true">{thread}{over}</svg>'


def side_thread(custodian: str) -> str:
    """A custodian's thread as high as what it stands beside, for a line of stays."""
    kind, weave = THREADS[known_custodian(custodian)]
    line = '<line x1="10" x2="10" y1="0" y2="100%"'
    over = ""
    if weave:
        width, dash, cap = weave
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        over = f'{line} class="weave" stroke-width="{width:g}"{dashed} stroke-linecap="{cap}"/>'
    return f'<svg aria-hidden="true">{line} class="thread {kind}-s"/>{over}</svg>'
