"""Tables with their invariants, money, the studio's calendar, the engine and the migrations."""
