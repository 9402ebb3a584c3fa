"""`python -m hangman_net` is `hangman-net`: it knows the command line's entry point and nothing else."""

from __future__ import annotations

from hangman_net.cli import main

if __name__ == "__main__":
    main()
