"""What client search looks in: a trigram index of the cards, kept by triggers or by the server (D2, A7)."""

#: What the search box reads: three letters anywhere in a client's name, address, number or code. The blank in
#: front lets " ok" find every word that begins so, the first one too.
SEARCH_TEXT = (
    "' ' || {0}.name_folded || ' ' || {0}.email_folded || ' ' || {0}.phone_digits"
    " || ' ' || lower(COALESCE({0}.member_code, ''))"
)
#: Keeps the index in step with the cards, also where a row is changed behind the services' back (A7).
SQLITE_TRIGGERS = (
    "CREATE TRIGGER client_search_insert AFTER INSERT ON client BEGIN"
    f" INSERT INTO client_search (rowid, text) VALUES (NEW.id, {SEARCH_TEXT.format('NEW')}); END",
    "CREATE TRIGGER client_search_update"
    " AFTER UPDATE OF name_folded, email_folded, phone_digits, member_code ON client"
    " BEGIN INSERT INTO client_search (client_search, rowid, text)"
    f" VALUES ('delete', OLD.id, {SEARCH_TEXT.format('OLD')});"
    f" INSERT INTO client_search (rowid, text) VALUES (NEW.id, {SEARCH_TEXT.format('NEW')}); END",
)
#: Built before the triggers. The index holds no copy of the text, and forgets it when a client is erased:
#: only the 'delete' command with the old text takes its letters out at once, a deleted row leaves them there.
SQLITE_TABLE = (
    "CREATE VIRTUAL TABLE client_search USING fts5(text, content='', tokenize='trigram')",
    "INSERT INTO client_search (client_search, rank) VALUES ('secure-delete', 1)",
)
#: pg_trgm is part of PostgreSQL's contrib; a server without it searches by a plain scan.
POSTGRESQL_INDEX = (
    "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm;"
    f" CREATE INDEX ix_client_search ON client USING gin (({SEARCH_TEXT.format('client')}) gin_trgm_ops);"
    " EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'search without pg_trgm: %', SQLERRM; END $$",
)
