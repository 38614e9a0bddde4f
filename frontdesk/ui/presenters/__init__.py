"""All asynchronous code of the screens: one plain class per screen or dialog."""
