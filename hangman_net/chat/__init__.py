"""Rooms and who is in them, lines and the commands they call; it knows no sockets, no bytes and no hangman."""
