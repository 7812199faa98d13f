"""The command `python -m units`."""
