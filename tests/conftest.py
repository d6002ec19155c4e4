from __future__ import annotations

import signal

import hypothesis

# A shell that starts the tests in the background has them ignore Ctrl-C, and their children too; some tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A shared machine may take any time over an example; what is held is what comes out.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")
