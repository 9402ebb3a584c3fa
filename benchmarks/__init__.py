"""Measures the server, the floor and the peers; `python -m benchmarks` builds, runs, prints and keeps the figures."""
