"""`python -m headhaul.config`: the command line, for those who start it without the installed script."""

import sys

from headhaul.config.cli import main

sys.exit(main())
