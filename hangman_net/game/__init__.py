"""Hangman itself: words, letters, lives, modes, points and pictures; it imports nothing of ours."""
