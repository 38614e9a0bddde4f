"""Timings beside floors that were measured in the same run; printed and written down, never asserted."""
