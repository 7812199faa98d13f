"""What holds for all tests, wherever they run."""

import signal

from hypothesis import HealthCheck, settings

# A law says nothing of time, and the machine may be busy.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Some press Ctrl-C, which a shell switches off for what it runs in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
