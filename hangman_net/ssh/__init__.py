"""The door for ssh: the very screen of the terminal client, or its line mode, drawn here and shown there.

It knows ssh, terminals at its other end and the client's faces; it must not know commands or the game.
"""
