"""The full screen: the one place that knows prompt_toolkit."""
