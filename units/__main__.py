"""Lets ``python -m units`` be the command; there is no shorter one, since GNU units has that name."""

import sys

from units.cli import main

sys.exit(main())
