"""Use cases and queries: what Frontdesk does, in plain data, without a window or a network (P5)."""
