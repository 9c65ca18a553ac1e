"""`python -m odometer`."""

import sys

from odometer.cli import main

sys.exit(main())
