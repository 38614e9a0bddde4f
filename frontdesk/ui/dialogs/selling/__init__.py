"""The parts of the Sell dialog: packages, discount, payments, and what is shown once it is sold."""
