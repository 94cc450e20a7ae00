"""`python -m bots` is the console script `buendnis`."""

from bots.cli.entry import main

if __name__ == "__main__":
    main()
