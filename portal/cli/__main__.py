"""`python -m portal.cli`: the same as `portal`, for processes that start each other."""

from portal.cli import main

main()
