"""Frames and messages as bytes; it owns no socket."""
