ALTER TABLE studio ADD COLUMN trial BOOLEAN DEFAULT false NOT NULL
-- next
ALTER TABLE desk ADD COLUMN system BOOLEAN DEFAULT false NOT NULL
-- next
ALTER TABLE staff ADD COLUMN system BOOLEAN DEFAULT false NOT NULL
-- next
CREATE TABLE stripe_account (
	id BIGSERIAL NOT NULL,
	account_id TEXT NOT NULL,
	livemode BOOLEAN NOT NULL,
	name TEXT NOT NULL,
	country TEXT DEFAULT '' NOT NULL,
	secret_name TEXT NOT NULL,
	facts TEXT NOT NULL,
	connected_at BIGINT NOT NULL,
	connected_by BIGINT NOT NULL,
	disconnected_at BIGINT,
	checked_at BIGINT,
	CONSTRAINT pk_stripe_account PRIMARY KEY (id),
	CONSTRAINT ck_stripe_account_one_row CHECK (id = 1),
	CONSTRAINT fk_stripe_account_connected_by FOREIGN KEY(connected_by) REFERENCES staff (id)
)
-- next
CREATE TABLE sync_state (
	id BIGSERIAL NOT NULL,
	high_water BIGINT,
	complete_at BIGINT,
	swept_at BIGINT,
	sweep TEXT,
	puller TEXT DEFAULT '' NOT NULL,
	puller_until BIGINT,
	CONSTRAINT pk_sync_state PRIMARY KEY (id),
	CONSTRAINT ck_sync_state_one_row CHECK (id = 1)
)
-- next
CREATE TABLE stripe_reads (
	day DATE NOT NULL,
	reads INTEGER NOT NULL,
	CONSTRAINT pk_stripe_reads PRIMARY KEY (day),
	CONSTRAINT ck_stripe_reads_not_negative CHECK (reads >= 0)
)
-- next
CREATE TABLE checkout (
	id BIGSERIAL NOT NULL,
	uid TEXT NOT NULL,
	tender TEXT NOT NULL,
	state TEXT NOT NULL,
	client_id BIGINT NOT NULL,
	staff_id BIGINT NOT NULL,
	desk_id BIGINT NOT NULL,
	opened_at BIGINT NOT NULL,
	draft TEXT NOT NULL,
	currency TEXT NOT NULL,
	amount BIGINT NOT NULL,
	total BIGINT NOT NULL,
	credits INTEGER NOT NULL,
	session_id TEXT,
	payment_intent TEXT,
	reader_id TEXT DEFAULT '' NOT NULL,
	url TEXT DEFAULT '' NOT NULL,
	expires_at BIGINT,
	last_word TEXT DEFAULT '' NOT NULL,
	sale_id BIGINT,
	closed_at BIGINT,
	CONSTRAINT pk_checkout PRIMARY KEY (id),
	CONSTRAINT ck_checkout_tender CHECK (tender IN ('stripe_checkout', 'stripe_reader')),
	CONSTRAINT ck_checkout_state CHECK (state IN ('opening', 'open', 'closing', 'paid', 'cancelled', 'lapsed', 'failed')),
	CONSTRAINT ck_checkout_amount_within_total CHECK (amount BETWEEN 1 AND total),
	CONSTRAINT ck_checkout_paid_is_a_sale CHECK ((state = 'paid') = (sale_id IS NOT NULL)),
	CONSTRAINT ck_checkout_closed_when_over CHECK ((state IN ('opening', 'open', 'closing')) = (closed_at IS NULL)),
	CONSTRAINT uq_checkout_uid UNIQUE (uid),
	CONSTRAINT fk_checkout_client_id FOREIGN KEY(client_id) REFERENCES client (id),
	CONSTRAINT fk_checkout_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_checkout_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id),
	CONSTRAINT uq_checkout_session_id UNIQUE (session_id),
	CONSTRAINT uq_checkout_payment_intent UNIQUE (payment_intent),
	CONSTRAINT uq_checkout_sale_id UNIQUE (sale_id),
	CONSTRAINT fk_checkout_sale_id FOREIGN KEY(sale_id) REFERENCES sale (id)
)
-- next
CREATE INDEX ix_checkout_client_id ON checkout (client_id)
-- next
CREATE INDEX ix_checkout_open ON checkout (id) WHERE closed_at IS NULL
-- next
CREATE TABLE outbox (
	id BIGSERIAL NOT NULL,
	op_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	idempotency_key TEXT NOT NULL,
	method TEXT NOT NULL,
	path TEXT NOT NULL,
	params TEXT NOT NULL,
	api_version TEXT NOT NULL,
	account_id TEXT NOT NULL,
	livemode BOOLEAN NOT NULL,
	moves_money BOOLEAN NOT NULL,
	state TEXT NOT NULL,
	attempts INTEGER DEFAULT '0' NOT NULL,
	package_id BIGINT,
	checkout_id BIGINT,
	transaction_id BIGINT,
	staff_id BIGINT NOT NULL,
	desk_id BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	first_sent_at BIGINT,
	next_try_at BIGINT,
	leased_by TEXT DEFAULT '' NOT NULL,
	leased_until BIGINT,
	trouble TEXT,
	result_id TEXT DEFAULT '' NOT NULL,
	finished_at BIGINT,
	CONSTRAINT pk_outbox PRIMARY KEY (id),
	CONSTRAINT ck_outbox_state CHECK (state IN ('new', 'sending', 'unknown', 'waiting', 'held', 'done', 'failed', 'cancelled')),
	CONSTRAINT ck_outbox_method CHECK (method IN ('post', 'delete')),
	CONSTRAINT ck_outbox_key_length CHECK (length(idempotency_key) BETWEEN 1 AND 255),
	CONSTRAINT ck_outbox_finished_when_over CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
	CONSTRAINT uq_outbox_op_id UNIQUE (op_id),
	CONSTRAINT uq_outbox_idempotency_key UNIQUE (idempotency_key),
	CONSTRAINT fk_outbox_package_id FOREIGN KEY(package_id) REFERENCES package (id),
	CONSTRAINT fk_outbox_checkout_id FOREIGN KEY(checkout_id) REFERENCES checkout (id),
	CONSTRAINT fk_outbox_transaction_id FOREIGN KEY(transaction_id) REFERENCES money_transaction (id),
	CONSTRAINT fk_outbox_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_outbox_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE INDEX ix_outbox_checkout_id ON outbox (checkout_id)
-- next
CREATE INDEX ix_outbox_open ON outbox (id) WHERE finished_at IS NULL
-- next
CREATE INDEX ix_outbox_package_id ON outbox (package_id)
-- next
CREATE INDEX ix_outbox_transaction_id ON outbox (transaction_id)
-- next
CREATE TABLE stripe_object (
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	created BIGINT NOT NULL,
	status TEXT DEFAULT '' NOT NULL,
	payment_intent TEXT DEFAULT '' NOT NULL,
	source TEXT DEFAULT '' NOT NULL,
	payout TEXT DEFAULT '' NOT NULL,
	body TEXT NOT NULL,
	fetched_at BIGINT NOT NULL,
	CONSTRAINT pk_stripe_object PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_stripe_object_kind ON stripe_object (kind, created, id)
-- next
CREATE INDEX ix_stripe_object_payment_intent ON stripe_object (payment_intent) WHERE payment_intent != ''
-- next
CREATE INDEX ix_stripe_object_payout ON stripe_object (payout) WHERE payout != ''
-- next
CREATE INDEX ix_stripe_object_source ON stripe_object (source) WHERE source != ''
-- next
CREATE TABLE stripe_event (
	id TEXT NOT NULL,
	created BIGINT NOT NULL,
	CONSTRAINT pk_stripe_event PRIMARY KEY (id)
)
-- next
CREATE INDEX ix_stripe_event_created ON stripe_event (created)
-- next
CREATE TABLE quarantine (
	object_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	trouble TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	first_at BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	solved_at BIGINT,
	CONSTRAINT pk_quarantine PRIMARY KEY (object_id)
)
-- next
CREATE TABLE online_product (
	package_id BIGINT NOT NULL,
	product_id TEXT NOT NULL,
	known TEXT NOT NULL,
	drift TEXT,
	CONSTRAINT pk_online_product PRIMARY KEY (package_id),
	CONSTRAINT fk_online_product_package_id FOREIGN KEY(package_id) REFERENCES package (id),
	CONSTRAINT uq_online_product_product_id UNIQUE (product_id)
)
-- next
CREATE TABLE online_price (
	package_version_id BIGINT NOT NULL,
	price_id TEXT NOT NULL,
	price_active BOOLEAN NOT NULL,
	link_id TEXT,
	link_url TEXT DEFAULT '' NOT NULL,
	link_active BOOLEAN DEFAULT false NOT NULL,
	CONSTRAINT pk_online_price PRIMARY KEY (package_version_id),
	CONSTRAINT fk_online_price_package_version_id FOREIGN KEY(package_version_id) REFERENCES package_version (id),
	CONSTRAINT uq_online_price_price_id UNIQUE (price_id),
	CONSTRAINT uq_online_price_link_id UNIQUE (link_id)
)
-- next
CREATE TABLE stripe_customer (
	id TEXT NOT NULL,
	client_id BIGINT NOT NULL,
	CONSTRAINT pk_stripe_customer PRIMARY KEY (id),
	CONSTRAINT fk_stripe_customer_client_id FOREIGN KEY(client_id) REFERENCES client (id)
)
-- next
CREATE INDEX ix_stripe_customer_client_id ON stripe_customer (client_id)
-- next
CREATE TABLE stripe_transaction (
	transaction_id BIGINT NOT NULL,
	stripe_id TEXT NOT NULL,
	CONSTRAINT pk_stripe_transaction PRIMARY KEY (transaction_id),
	CONSTRAINT fk_stripe_transaction_transaction_id FOREIGN KEY(transaction_id) REFERENCES money_transaction (id),
	CONSTRAINT uq_stripe_transaction_stripe_id UNIQUE (stripe_id)
)
-- next
CREATE FUNCTION transaction_state_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM money_transaction t WHERE t.id = NEW.transaction_id FOR UPDATE; IF NOT EXISTS (SELECT 1 FROM money_transaction t WHERE t.id = NEW.transaction_id AND t.kind = 'refund' AND (t.status = 'requested' AND NEW.status IN ('pending', 'succeeded', 'failed', 'cancelled') OR t.status = 'pending' AND NEW.status IN ('succeeded', 'failed', 'cancelled') OR t.status = 'succeeded' AND NEW.status IN ('failed', 'cancelled')) AND (NEW.status NOT IN ('failed', 'cancelled') OR t.tender NOT IN ('cash', 'free'))) THEN RAISE EXCEPTION 'frontdesk:transaction_state_moves_on' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER transaction_state_moves_on BEFORE INSERT ON transaction_state FOR EACH ROW EXECUTE FUNCTION transaction_state_moves_on()
-- next
CREATE FUNCTION stripe_account_same_account() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF (NEW.account_id <> OLD.account_id OR NEW.livemode <> OLD.livemode) AND EXISTS (SELECT 1 FROM stripe_transaction) THEN RAISE EXCEPTION 'frontdesk:stripe_account_same_account' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER stripe_account_same_account BEFORE UPDATE ON stripe_account FOR EACH ROW EXECUTE FUNCTION stripe_account_same_account()
-- next
CREATE FUNCTION stripe_transaction_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:stripe_transaction_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER stripe_transaction_no_update BEFORE UPDATE ON stripe_transaction FOR EACH ROW EXECUTE FUNCTION stripe_transaction_no_update()
-- next
CREATE FUNCTION outbox_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF OLD.state IN ('sending', 'unknown', 'waiting') AND NOT (NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.op_id IS NOT DISTINCT FROM OLD.op_id AND NEW.kind IS NOT DISTINCT FROM OLD.kind AND NEW.idempotency_key IS NOT DISTINCT FROM OLD.idempotency_key AND NEW.method IS NOT DISTINCT FROM OLD.method AND NEW.path IS NOT DISTINCT FROM OLD.path AND NEW.params IS NOT DISTINCT FROM OLD.params AND NEW.api_version IS NOT DISTINCT FROM OLD.api_version AND NEW.account_id IS NOT DISTINCT FROM OLD.account_id AND NEW.livemode IS NOT DISTINCT FROM OLD.livemode AND NEW.moves_money IS NOT DISTINCT FROM OLD.moves_money AND NEW.package_id IS NOT DISTINCT FROM OLD.package_id AND NEW.checkout_id IS NOT DISTINCT FROM OLD.checkout_id AND NEW.transaction_id IS NOT DISTINCT FROM OLD.transaction_id AND NEW.staff_id IS NOT DISTINCT FROM OLD.staff_id AND NEW.desk_id IS NOT DISTINCT FROM OLD.desk_id AND NEW.created_at IS NOT DISTINCT FROM OLD.created_at AND NEW.first_sent_at IS NOT DISTINCT FROM OLD.first_sent_at) THEN RAISE EXCEPTION 'frontdesk:outbox_frozen' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER outbox_frozen BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_frozen()
-- next
CREATE FUNCTION outbox_over_is_over() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF OLD.finished_at IS NOT NULL AND NEW.state <> OLD.state THEN RAISE EXCEPTION 'frontdesk:outbox_over_is_over' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER outbox_over_is_over BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_over_is_over()
-- next
CREATE FUNCTION checkout_only_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF OLD.state = 'paid' OR NOT (NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.uid IS NOT DISTINCT FROM OLD.uid AND NEW.tender IS NOT DISTINCT FROM OLD.tender AND NEW.client_id IS NOT DISTINCT FROM OLD.client_id AND NEW.staff_id IS NOT DISTINCT FROM OLD.staff_id AND NEW.desk_id IS NOT DISTINCT FROM OLD.desk_id AND NEW.opened_at IS NOT DISTINCT FROM OLD.opened_at AND NEW.draft IS NOT DISTINCT FROM OLD.draft AND NEW.currency IS NOT DISTINCT FROM OLD.currency AND NEW.amount IS NOT DISTINCT FROM OLD.amount AND NEW.total IS NOT DISTINCT FROM OLD.total AND NEW.credits IS NOT DISTINCT FROM OLD.credits) THEN RAISE EXCEPTION 'frontdesk:checkout_only_moves' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER checkout_only_moves BEFORE UPDATE ON checkout FOR EACH ROW EXECUTE FUNCTION checkout_only_moves()
-- next
CREATE FUNCTION stripe_account_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:stripe_account_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER stripe_account_no_delete BEFORE DELETE ON stripe_account FOR EACH ROW EXECUTE FUNCTION stripe_account_no_delete()
-- next
CREATE FUNCTION outbox_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:outbox_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER outbox_no_delete BEFORE DELETE ON outbox FOR EACH ROW EXECUTE FUNCTION outbox_no_delete()
-- next
CREATE FUNCTION checkout_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:checkout_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER checkout_no_delete BEFORE DELETE ON checkout FOR EACH ROW EXECUTE FUNCTION checkout_no_delete()
-- next
CREATE FUNCTION stripe_transaction_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:stripe_transaction_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER stripe_transaction_no_delete BEFORE DELETE ON stripe_transaction FOR EACH ROW EXECUTE FUNCTION stripe_transaction_no_delete()
-- next
CREATE TRIGGER stripe_account_no_truncate BEFORE TRUNCATE ON stripe_account FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER outbox_no_truncate BEFORE TRUNCATE ON outbox FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER checkout_no_truncate BEFORE TRUNCATE ON checkout FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER stripe_transaction_no_truncate BEFORE TRUNCATE ON stripe_transaction FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
