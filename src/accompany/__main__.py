"""`python -m accompany`: the same as the command `accompany`."""

import sys

from accompany.cli import main

sys.exit(main())
