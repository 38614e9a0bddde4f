"""Adapters of the outside world; only the composition root wires them."""
