"""The edge with sockets: reads, hands over, writes; it knows no hangman."""
