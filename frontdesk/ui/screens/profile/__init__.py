"""The parts of a client's profile, one module for each tab."""
