"""Large studios out of a seed: the same rows that the services would have written, loaded in bulk."""
