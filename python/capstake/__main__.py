"""``python -m capstake``."""

from capstake.cli import main

main()
