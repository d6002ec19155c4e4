from __future__ import annotations

import pathlib
import sys

# rehearsal.py and looking.py stand beside the tests
sys.path.insert(0, str(pathlib.Path(__file__).parent))
