"""``python -m engine``."""

import sys
from typing import TextIO, cast

from engine.cli.main import main
from engine.cli.pipe import Forgiving

sys.stdout = cast(TextIO, Forgiving(sys.stdout))
code = main()
sys.stdout.flush()
sys.exit(code)
