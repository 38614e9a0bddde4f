"""What the command line can do besides opening the window; each command is imported when it is run."""
