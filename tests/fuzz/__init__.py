"""Throw bytes at what reads a stranger's bytes, for as long as one likes; see `__main__`."""
