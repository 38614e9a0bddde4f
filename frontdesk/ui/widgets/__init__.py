"""The kit that screens are made of: one widget for each thing that LOOK knows."""
