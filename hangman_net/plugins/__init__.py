"""The commands every server has, each an ordinary plugin."""
