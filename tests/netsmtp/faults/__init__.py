"""What becomes of mail when a server fails: a table of outcomes, and a server that fills it."""
