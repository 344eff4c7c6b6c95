"""Warm runs: a server that imports the heavy packages once and forks for every run. Solvers never import this."""
