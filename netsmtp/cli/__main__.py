"""Lets ``python -m netsmtp.cli`` be the command `netsmtp`."""

from netsmtp.cli import main

main()
