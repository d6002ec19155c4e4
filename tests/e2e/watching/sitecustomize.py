"""Python imports this by its name when it starts, where it is on the path: it watches a simulator in a process of its own.

Every frame is held against the controller's schema; what is wrong with one goes to the file that JUJU_FRAME_PROBLEMS names.
"""

from __future__ import annotations

import os

from tests.contract.juju.frames import watch_into

watch_into(os.environ["JUJU_FRAME_PROBLEMS"])
