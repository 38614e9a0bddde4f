"""The parts of the Payments screen: filter, list, detail, today's takings, and what needs a decision."""
