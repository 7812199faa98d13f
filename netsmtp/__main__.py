"""Run the command `netsmtp`: `python -m netsmtp` does the same."""

from netsmtp.cli import main

if __name__ == "__main__":
    main()
