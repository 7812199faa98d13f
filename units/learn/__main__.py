"""Lets ``python -m units.learn`` be the command."""

import sys

from units.learn.commands import main

sys.exit(main())
