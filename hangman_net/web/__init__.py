"""The door for browsers: one page, and a WebSocket on which each text message is one JSON message of the contract.

It knows HTTP and WebSocket; it must not know rooms, commands or the game.
"""
