"""`python -m hangman_net` is `hangman-net`: it knows the command line's entry point and nothing else."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder we are called in: nothing is imported from one that was not named

    from hangman_net.cli import main

    main()
