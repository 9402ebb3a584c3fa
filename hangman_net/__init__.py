"""hangman_net: a chat over length-prefixed frames, commands as plugins, and hangman to play.

The public names are imported on first use, so that `import hangman_net` by itself loads nothing heavy.
"""

from __future__ import annotations

__version__ = "0.1.0"
