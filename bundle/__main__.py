"""`python -m bundle`: looks at bundles without a cloud."""

from __future__ import annotations

import sys

from .cli import main

sys.exit(main())
