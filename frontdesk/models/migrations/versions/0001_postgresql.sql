CREATE TABLE class_type (
	id BIGSERIAL NOT NULL,
	name TEXT NOT NULL,
	cost INTEGER DEFAULT '1' NOT NULL,
	colour TEXT DEFAULT 'teal' NOT NULL,
	position INTEGER DEFAULT '0' NOT NULL,
	archived_at BIGINT,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_class_type PRIMARY KEY (id),
	CONSTRAINT ck_class_type_cost_range CHECK (cost BETWEEN 0 AND 100)
)
-- next
CREATE TABLE client (
	id BIGSERIAL NOT NULL,
	name TEXT NOT NULL,
	name_folded TEXT COLLATE "C" NOT NULL,
	email TEXT DEFAULT '' NOT NULL,
	email_folded TEXT DEFAULT '' NOT NULL,
	phone TEXT DEFAULT '' NOT NULL,
	phone_digits TEXT DEFAULT '' NOT NULL,
	birthday DATE,
	notes TEXT DEFAULT '' NOT NULL,
	alert TEXT DEFAULT '' NOT NULL,
	member_code TEXT,
	source TEXT DEFAULT 'desk' NOT NULL,
	merged_into BIGINT,
	archived_at BIGINT,
	hidden_at BIGINT,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	CONSTRAINT pk_client PRIMARY KEY (id),
	CONSTRAINT ck_client_name_length CHECK (length(name) BETWEEN 1 AND 200),
	CONSTRAINT ck_client_not_into_itself CHECK (merged_into <> id),
	CONSTRAINT ck_client_source CHECK (source IN ('desk', 'import', 'stripe')),
	CONSTRAINT fk_client_merged_into FOREIGN KEY(merged_into) REFERENCES client (id)
)
-- next
CREATE INDEX ix_client_archived_name ON client (name_folded, id) WHERE archived_at IS NOT NULL
-- next
CREATE INDEX ix_client_email_folded ON client (email_folded)
-- next
CREATE INDEX ix_client_imported_name ON client (name_folded, id) WHERE source = 'import'
-- next
CREATE INDEX ix_client_merged_into ON client (merged_into) WHERE merged_into IS NOT NULL
-- next
CREATE INDEX ix_client_name_folded ON client (name_folded, id)
-- next
CREATE INDEX ix_client_phone_digits ON client (phone_digits)
-- next
CREATE UNIQUE INDEX uq_client_member_code ON client (member_code) WHERE hidden_at IS NULL
-- next
CREATE TABLE desk (
	id BIGSERIAL NOT NULL,
	name TEXT NOT NULL,
	prefix TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_desk PRIMARY KEY (id),
	CONSTRAINT uq_desk_name UNIQUE (name),
	CONSTRAINT uq_desk_prefix UNIQUE (prefix)
)
-- next
CREATE TABLE note (
	id BIGSERIAL NOT NULL,
	salt TEXT,
	text TEXT,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT pk_note PRIMARY KEY (id)
)
-- next
CREATE TABLE package (
	id BIGSERIAL NOT NULL,
	status TEXT NOT NULL,
	version INTEGER NOT NULL,
	name_folded TEXT NOT NULL,
	position INTEGER DEFAULT '0' NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_package PRIMARY KEY (id),
	CONSTRAINT ck_package_status CHECK (status IN ('draft', 'published', 'archived'))
)
-- next
CREATE UNIQUE INDEX uq_package_published_name ON package (name_folded) WHERE status = 'published'
-- next
CREATE TABLE staff (
	id BIGSERIAL NOT NULL,
	name TEXT NOT NULL,
	archived_at BIGINT,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_staff PRIMARY KEY (id)
)
-- next
CREATE TABLE studio (
	id BIGSERIAL NOT NULL,
	name TEXT NOT NULL,
	currency TEXT NOT NULL,
	zone TEXT NOT NULL,
	day_starts_hour INTEGER DEFAULT '0' NOT NULL,
	prices_include_tax BOOLEAN DEFAULT true NOT NULL,
	tax_name TEXT DEFAULT '' NOT NULL,
	default_tax_milli_percent INTEGER DEFAULT '0' NOT NULL,
	receipt_header TEXT DEFAULT '' NOT NULL,
	receipt_footer TEXT DEFAULT '' NOT NULL,
	demo BOOLEAN DEFAULT false NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_studio PRIMARY KEY (id),
	CONSTRAINT ck_studio_one_row CHECK (id = 1),
	CONSTRAINT ck_studio_currency_code CHECK (length(currency) = 3),
	CONSTRAINT ck_studio_day_starts_hour CHECK (day_starts_hour BETWEEN 0 AND 12),
	CONSTRAINT ck_studio_tax_range CHECK (default_tax_milli_percent BETWEEN 0 AND 100000)
)
-- next
CREATE TABLE client_event (
	id BIGSERIAL NOT NULL,
	client_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	fields TEXT,
	staff_id BIGINT,
	desk_id BIGINT,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT pk_client_event PRIMARY KEY (id),
	CONSTRAINT ck_client_event_kind CHECK (kind IN ('created', 'edited', 'archived', 'restored', 'imported', 'import_undone', 'merged', 'unmerged')),
	CONSTRAINT fk_client_event_client_id FOREIGN KEY(client_id) REFERENCES client (id),
	CONSTRAINT fk_client_event_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_client_event_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE INDEX ix_client_event_client_id ON client_event (client_id, id)
-- next
CREATE TABLE client_head (
	client_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT pk_client_head PRIMARY KEY (client_id),
	CONSTRAINT fk_client_head_client_id FOREIGN KEY(client_id) REFERENCES client (id)
)
-- next
CREATE TABLE client_merge (
	id BIGSERIAL NOT NULL,
	client_id BIGINT NOT NULL,
	into_client_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	ends_merge_id BIGINT,
	staff_id BIGINT NOT NULL,
	desk_id BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT pk_client_merge PRIMARY KEY (id),
	CONSTRAINT ck_client_merge_kind CHECK (kind IN ('merge', 'unmerge')),
	CONSTRAINT ck_client_merge_two_clients CHECK (client_id <> into_client_id),
	CONSTRAINT ck_client_merge_unmerge_ends_one CHECK ((kind = 'unmerge') = (ends_merge_id IS NOT NULL)),
	CONSTRAINT fk_client_merge_client_id FOREIGN KEY(client_id) REFERENCES client (id),
	CONSTRAINT fk_client_merge_into_client_id FOREIGN KEY(into_client_id) REFERENCES client (id),
	CONSTRAINT uq_client_merge_ends_merge_id UNIQUE (ends_merge_id),
	CONSTRAINT fk_client_merge_ends_merge_id FOREIGN KEY(ends_merge_id) REFERENCES client_merge (id),
	CONSTRAINT fk_client_merge_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_client_merge_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE INDEX ix_client_merge_client_id ON client_merge (client_id)
-- next
CREATE INDEX ix_client_merge_into_client_id ON client_merge (into_client_id)
-- next
CREATE TABLE command (
	command_id TEXT NOT NULL,
	use_case TEXT NOT NULL,
	request_hash TEXT NOT NULL,
	result TEXT NOT NULL,
	staff_id BIGINT,
	desk_id BIGINT,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT pk_command PRIMARY KEY (command_id),
	CONSTRAINT fk_command_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_command_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE TABLE import_batch (
	id BIGSERIAL NOT NULL,
	file_name TEXT NOT NULL,
	file_hash TEXT NOT NULL,
	created INTEGER NOT NULL,
	matched INTEGER NOT NULL,
	left_out INTEGER NOT NULL,
	packs INTEGER NOT NULL,
	credits INTEGER NOT NULL,
	staff_id BIGINT,
	desk_id BIGINT,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT pk_import_batch PRIMARY KEY (id),
	CONSTRAINT fk_import_batch_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_import_batch_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE INDEX ix_import_batch_file_hash ON import_batch (file_hash)
-- next
CREATE TABLE package_version (
	id BIGSERIAL NOT NULL,
	package_id BIGINT NOT NULL,
	number INTEGER NOT NULL,
	name TEXT NOT NULL,
	description TEXT DEFAULT '' NOT NULL,
	credits INTEGER NOT NULL,
	bonus INTEGER DEFAULT '0' NOT NULL,
	price BIGINT NOT NULL,
	validity_kind TEXT NOT NULL,
	validity_count INTEGER,
	validity_starts TEXT DEFAULT 'purchase' NOT NULL,
	latest_start_days INTEGER,
	eligible TEXT,
	per_client_limit INTEGER,
	online BOOLEAN DEFAULT false NOT NULL,
	tax_milli_percent INTEGER DEFAULT '0' NOT NULL,
	saved_by BIGINT NOT NULL,
	saved_at BIGINT NOT NULL,
	CONSTRAINT pk_package_version PRIMARY KEY (id),
	CONSTRAINT uq_package_version_package_id_number UNIQUE (package_id, number),
	CONSTRAINT ck_package_version_credits_range CHECK (credits BETWEEN 1 AND 100000),
	CONSTRAINT ck_package_version_bonus_range CHECK (bonus BETWEEN 0 AND 100000),
	CONSTRAINT ck_package_version_price_not_negative CHECK (price >= 0),
	CONSTRAINT ck_package_version_tax_range CHECK (tax_milli_percent BETWEEN 0 AND 100000),
	CONSTRAINT ck_package_version_limit_positive CHECK (per_client_limit >= 1),
	CONSTRAINT ck_package_version_validity_count CHECK ((validity_kind = 'never') = (validity_count IS NULL) AND (validity_count IS NULL OR validity_count >= 1)),
	CONSTRAINT ck_package_version_latest_start CHECK ((validity_starts = 'first_class') = (latest_start_days IS NOT NULL) AND (latest_start_days IS NULL OR latest_start_days >= 0)),
	CONSTRAINT ck_package_version_validity_kind CHECK (validity_kind IN ('never', 'days', 'months')),
	CONSTRAINT ck_package_version_validity_starts CHECK (validity_starts IN ('purchase', 'first_class')),
	CONSTRAINT fk_package_version_package_id FOREIGN KEY(package_id) REFERENCES package (id),
	CONSTRAINT fk_package_version_saved_by FOREIGN KEY(saved_by) REFERENCES staff (id)
)
-- next
CREATE TABLE receipt_series (
	series TEXT NOT NULL,
	kind TEXT NOT NULL,
	desk_id BIGINT,
	last_number BIGINT DEFAULT '0' NOT NULL,
	CONSTRAINT pk_receipt_series PRIMARY KEY (series),
	CONSTRAINT ck_receipt_series_kind CHECK (kind IN ('sale', 'refund')),
	CONSTRAINT ck_receipt_series_number_not_negative CHECK (last_number >= 0),
	CONSTRAINT fk_receipt_series_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE TABLE import_undo (
	batch_id BIGINT NOT NULL,
	hidden INTEGER NOT NULL,
	voided INTEGER NOT NULL,
	kept INTEGER NOT NULL,
	staff_id BIGINT,
	desk_id BIGINT,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT pk_import_undo PRIMARY KEY (batch_id),
	CONSTRAINT fk_import_undo_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
	CONSTRAINT fk_import_undo_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_import_undo_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE TABLE sale (
	id BIGSERIAL NOT NULL,
	command_id TEXT NOT NULL,
	client_id BIGINT NOT NULL,
	desk_id BIGINT NOT NULL,
	staff_id BIGINT NOT NULL,
	sold_at BIGINT NOT NULL,
	business_day DATE NOT NULL,
	series TEXT NOT NULL,
	number BIGINT NOT NULL,
	currency TEXT NOT NULL,
	subtotal BIGINT NOT NULL,
	discount BIGINT NOT NULL,
	tax BIGINT NOT NULL,
	total BIGINT NOT NULL,
	tax_name TEXT DEFAULT '' NOT NULL,
	discount_code TEXT,
	discount_note_id BIGINT,
	CONSTRAINT pk_sale PRIMARY KEY (id),
	CONSTRAINT uq_sale_series_number UNIQUE (series, number),
	CONSTRAINT uq_sale_id_client_id UNIQUE (id, client_id),
	CONSTRAINT ck_sale_discount_range CHECK (discount BETWEEN 0 AND subtotal),
	CONSTRAINT ck_sale_amounts_not_negative CHECK (total >= 0 AND tax >= 0),
	CONSTRAINT ck_sale_number_positive CHECK (number >= 1),
	CONSTRAINT ck_sale_discount_has_reason CHECK (discount = 0 OR discount_code IS NOT NULL),
	CONSTRAINT uq_sale_command_id UNIQUE (command_id),
	CONSTRAINT fk_sale_client_id FOREIGN KEY(client_id) REFERENCES client (id),
	CONSTRAINT fk_sale_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id),
	CONSTRAINT fk_sale_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_sale_series FOREIGN KEY(series) REFERENCES receipt_series (series),
	CONSTRAINT fk_sale_discount_note_id FOREIGN KEY(discount_note_id) REFERENCES note (id)
)
-- next
CREATE INDEX ix_sale_client_id ON sale (client_id, id)
-- next
CREATE TABLE refund (
	id BIGSERIAL NOT NULL,
	command_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	sale_id BIGINT NOT NULL,
	client_id BIGINT NOT NULL,
	desk_id BIGINT NOT NULL,
	staff_id BIGINT NOT NULL,
	requested_at BIGINT NOT NULL,
	business_day DATE NOT NULL,
	series TEXT NOT NULL,
	number BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	reason_code TEXT NOT NULL,
	note_id BIGINT,
	CONSTRAINT pk_refund PRIMARY KEY (id),
	CONSTRAINT uq_refund_series_number UNIQUE (series, number),
	CONSTRAINT fk_refund_sale_id_client_id FOREIGN KEY(sale_id, client_id) REFERENCES sale (id, client_id),
	CONSTRAINT ck_refund_amount_not_negative CHECK (amount >= 0),
	CONSTRAINT ck_refund_kind CHECK (kind IN ('refund', 'void')),
	CONSTRAINT uq_refund_command_id UNIQUE (command_id),
	CONSTRAINT fk_refund_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id),
	CONSTRAINT fk_refund_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_refund_series FOREIGN KEY(series) REFERENCES receipt_series (series),
	CONSTRAINT fk_refund_note_id FOREIGN KEY(note_id) REFERENCES note (id)
)
-- next
CREATE INDEX ix_refund_client_id ON refund (client_id)
-- next
CREATE INDEX ix_refund_sale_id ON refund (sale_id)
-- next
CREATE TABLE sale_line (
	id BIGSERIAL NOT NULL,
	sale_id BIGINT NOT NULL,
	position INTEGER NOT NULL,
	package_id BIGINT NOT NULL,
	package_version_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	credits INTEGER NOT NULL,
	bonus INTEGER NOT NULL,
	validity TEXT NOT NULL,
	eligible TEXT,
	list_price BIGINT NOT NULL,
	discount BIGINT NOT NULL,
	tax_milli_percent INTEGER NOT NULL,
	tax_on_top BOOLEAN NOT NULL,
	tax BIGINT NOT NULL,
	total BIGINT NOT NULL,
	CONSTRAINT pk_sale_line PRIMARY KEY (id),
	CONSTRAINT uq_sale_line_sale_id_position UNIQUE (sale_id, position),
	CONSTRAINT uq_sale_line_id_sale_id UNIQUE (id, sale_id),
	CONSTRAINT ck_sale_line_credits_range CHECK (credits >= 1 AND bonus >= 0),
	CONSTRAINT ck_sale_line_discount_range CHECK (discount BETWEEN 0 AND list_price),
	CONSTRAINT ck_sale_line_tax_not_negative CHECK (tax >= 0),
	CONSTRAINT ck_sale_line_total_adds_up CHECK (total = list_price - discount + CASE WHEN tax_on_top THEN tax ELSE 0 END),
	CONSTRAINT fk_sale_line_sale_id FOREIGN KEY(sale_id) REFERENCES sale (id),
	CONSTRAINT fk_sale_line_package_id FOREIGN KEY(package_id) REFERENCES package (id),
	CONSTRAINT fk_sale_line_package_version_id FOREIGN KEY(package_version_id) REFERENCES package_version (id)
)
-- next
CREATE INDEX ix_sale_line_package_id ON sale_line (package_id)
-- next
CREATE INDEX ix_sale_line_package_version_id ON sale_line (package_version_id)
-- next
CREATE TABLE decision (
	id BIGSERIAL NOT NULL,
	kind TEXT NOT NULL,
	client_id BIGINT,
	sale_id BIGINT,
	refund_id BIGINT,
	facts TEXT NOT NULL,
	opened_at BIGINT NOT NULL,
	closed_at BIGINT,
	closed_by BIGINT,
	outcome TEXT,
	CONSTRAINT pk_decision PRIMARY KEY (id),
	CONSTRAINT ck_decision_closed_with_outcome CHECK ((closed_at IS NULL) = (outcome IS NULL)),
	CONSTRAINT fk_decision_client_id FOREIGN KEY(client_id) REFERENCES client (id),
	CONSTRAINT fk_decision_sale_id FOREIGN KEY(sale_id) REFERENCES sale (id),
	CONSTRAINT fk_decision_refund_id FOREIGN KEY(refund_id) REFERENCES refund (id),
	CONSTRAINT fk_decision_closed_by FOREIGN KEY(closed_by) REFERENCES staff (id)
)
-- next
CREATE INDEX ix_decision_open ON decision (id) WHERE closed_at IS NULL
-- next
CREATE TABLE ledger_op (
	id BIGSERIAL NOT NULL,
	command_id TEXT NOT NULL,
	client_id BIGINT NOT NULL,
	client_seq BIGINT NOT NULL,
	kind TEXT NOT NULL,
	effective_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	class_type_id BIGINT,
	class_at BIGINT,
	staff_id BIGINT,
	desk_id BIGINT,
	reason_code TEXT,
	note_id BIGINT,
	note_hash TEXT,
	reverses_op_id BIGINT,
	peer_client_id BIGINT,
	sale_id BIGINT,
	refund_id BIGINT,
	subject_hash TEXT,
	prev_hash TEXT NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT pk_ledger_op PRIMARY KEY (id),
	CONSTRAINT uq_ledger_op_command_id_client_id UNIQUE (command_id, client_id),
	CONSTRAINT uq_ledger_op_client_id_client_seq UNIQUE (client_id, client_seq),
	CONSTRAINT uq_ledger_op_id_client_id UNIQUE (id, client_id),
	CONSTRAINT fk_ledger_op_reverses_op_id_client_id FOREIGN KEY(reverses_op_id, client_id) REFERENCES ledger_op (id, client_id),
	CONSTRAINT ck_ledger_op_seq_positive CHECK (client_seq >= 1),
	CONSTRAINT ck_ledger_op_note_hashed CHECK ((note_id IS NULL) = (note_hash IS NULL)),
	CONSTRAINT ck_ledger_op_kind CHECK (kind IN ('sale', 'adjust_plus', 'adjust_minus', 'visit', 'unpaid_visit', 'settle_visit', 'undo_visit', 'expire', 'extend', 'bulk_extend', 'undo_extend', 'freeze', 'unfreeze', 'transfer_out', 'transfer_in', 'revive', 'hold', 'release', 'refund', 'reinstate', 'import', 'undo_import')),
	CONSTRAINT fk_ledger_op_client_id FOREIGN KEY(client_id) REFERENCES client (id),
	CONSTRAINT fk_ledger_op_class_type_id FOREIGN KEY(class_type_id) REFERENCES class_type (id),
	CONSTRAINT fk_ledger_op_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_ledger_op_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id),
	CONSTRAINT fk_ledger_op_note_id FOREIGN KEY(note_id) REFERENCES note (id),
	CONSTRAINT fk_ledger_op_peer_client_id FOREIGN KEY(peer_client_id) REFERENCES client (id),
	CONSTRAINT fk_ledger_op_sale_id FOREIGN KEY(sale_id) REFERENCES sale (id),
	CONSTRAINT fk_ledger_op_refund_id FOREIGN KEY(refund_id) REFERENCES refund (id)
)
-- next
CREATE INDEX ix_ledger_op_bulk_extend ON ledger_op (recorded_at) WHERE kind = 'bulk_extend'
-- next
CREATE INDEX ix_ledger_op_refund_id ON ledger_op (refund_id)
-- next
CREATE INDEX ix_ledger_op_reverses_op_id ON ledger_op (reverses_op_id)
-- next
CREATE INDEX ix_ledger_op_sale_id ON ledger_op (sale_id)
-- next
CREATE INDEX ix_ledger_op_statement ON ledger_op (client_id, effective_at, id)
-- next
CREATE TABLE money_transaction (
	id BIGSERIAL NOT NULL,
	kind TEXT NOT NULL,
	sale_id BIGINT NOT NULL,
	client_id BIGINT NOT NULL,
	refund_id BIGINT,
	payment_id BIGINT,
	tender TEXT NOT NULL,
	amount BIGINT NOT NULL,
	at BIGINT NOT NULL,
	business_day DATE NOT NULL,
	staff_id BIGINT NOT NULL,
	desk_id BIGINT NOT NULL,
	receipt TEXT COLLATE "C" NOT NULL,
	reference TEXT COLLATE "C" DEFAULT '' NOT NULL,
	cash_given BIGINT,
	cash_change BIGINT,
	status TEXT NOT NULL,
	CONSTRAINT pk_money_transaction PRIMARY KEY (id),
	CONSTRAINT fk_money_transaction_sale_id_client_id FOREIGN KEY(sale_id, client_id) REFERENCES sale (id, client_id),
	CONSTRAINT ck_money_transaction_kind CHECK (kind IN ('payment', 'refund')),
	CONSTRAINT ck_money_transaction_tender CHECK (tender IN ('cash', 'external_card', 'bank_transfer', 'free', 'stripe_checkout', 'stripe_reader')),
	CONSTRAINT ck_money_transaction_status CHECK (status IN ('requested', 'pending', 'succeeded', 'failed', 'cancelled')),
	CONSTRAINT ck_money_transaction_sign CHECK ((kind = 'payment' AND amount >= 0 AND refund_id IS NULL AND payment_id IS NULL) OR (kind = 'refund' AND amount <= 0 AND refund_id IS NOT NULL AND payment_id IS NOT NULL)),
	CONSTRAINT ck_money_transaction_change_adds_up CHECK (cash_given IS NULL AND cash_change IS NULL OR cash_given IS NOT NULL AND cash_change IS NOT NULL AND tender = 'cash' AND cash_change >= 0 AND cash_given - cash_change = amount),
	CONSTRAINT ck_money_transaction_free_is_zero CHECK (tender <> 'free' OR amount = 0),
	CONSTRAINT fk_money_transaction_refund_id FOREIGN KEY(refund_id) REFERENCES refund (id),
	CONSTRAINT fk_money_transaction_payment_id FOREIGN KEY(payment_id) REFERENCES money_transaction (id),
	CONSTRAINT fk_money_transaction_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_money_transaction_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE INDEX ix_money_transaction_by_amount ON money_transaction (kind, status, tender, amount, id, staff_id, at)
-- next
CREATE INDEX ix_money_transaction_by_time ON money_transaction (kind, status, tender, at, id, staff_id, amount)
-- next
CREATE INDEX ix_money_transaction_client ON money_transaction (client_id, at, id)
-- next
CREATE INDEX ix_money_transaction_day ON money_transaction (business_day, tender, kind, status, staff_id, amount)
-- next
CREATE INDEX ix_money_transaction_payment_id ON money_transaction (payment_id) WHERE payment_id IS NOT NULL
-- next
CREATE INDEX ix_money_transaction_receipt ON money_transaction (receipt)
-- next
CREATE INDEX ix_money_transaction_reference ON money_transaction (reference) WHERE reference != ''
-- next
CREATE INDEX ix_money_transaction_refund_id ON money_transaction (refund_id) WHERE refund_id IS NOT NULL
-- next
CREATE INDEX ix_money_transaction_sale_id ON money_transaction (sale_id)
-- next
CREATE INDEX ix_money_transaction_staff ON money_transaction (staff_id, at, id)
-- next
CREATE TABLE receipt_print (
	id BIGSERIAL NOT NULL,
	sale_id BIGINT,
	refund_id BIGINT,
	staff_id BIGINT NOT NULL,
	desk_id BIGINT NOT NULL,
	printed_at BIGINT NOT NULL,
	CONSTRAINT pk_receipt_print PRIMARY KEY (id),
	CONSTRAINT ck_receipt_print_one_receipt CHECK ((sale_id IS NULL) <> (refund_id IS NULL)),
	CONSTRAINT fk_receipt_print_sale_id FOREIGN KEY(sale_id) REFERENCES sale (id),
	CONSTRAINT fk_receipt_print_refund_id FOREIGN KEY(refund_id) REFERENCES refund (id),
	CONSTRAINT fk_receipt_print_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_receipt_print_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE INDEX ix_receipt_print_refund_id ON receipt_print (refund_id)
-- next
CREATE INDEX ix_receipt_print_sale_id ON receipt_print (sale_id)
-- next
CREATE TABLE refund_line (
	id BIGSERIAL NOT NULL,
	refund_id BIGINT NOT NULL,
	sale_line_id BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	credits_voided INTEGER NOT NULL,
	CONSTRAINT pk_refund_line PRIMARY KEY (id),
	CONSTRAINT uq_refund_line_refund_id_sale_line_id UNIQUE (refund_id, sale_line_id),
	CONSTRAINT ck_refund_line_not_negative CHECK (amount >= 0 AND credits_voided >= 0),
	CONSTRAINT fk_refund_line_refund_id FOREIGN KEY(refund_id) REFERENCES refund (id),
	CONSTRAINT fk_refund_line_sale_line_id FOREIGN KEY(sale_line_id) REFERENCES sale_line (id)
)
-- next
CREATE INDEX ix_refund_line_sale_line_id ON refund_line (sale_line_id)
-- next
CREATE TABLE credit_lot (
	id BIGSERIAL NOT NULL,
	client_id BIGINT NOT NULL,
	op_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	complimentary BOOLEAN NOT NULL,
	title TEXT NOT NULL,
	credits INTEGER NOT NULL,
	sale_line_id BIGINT,
	parent_lot_id BIGINT,
	origin_lot_id BIGINT,
	eligible TEXT,
	CONSTRAINT pk_credit_lot PRIMARY KEY (id),
	CONSTRAINT uq_credit_lot_id_client_id UNIQUE (id, client_id),
	CONSTRAINT fk_credit_lot_op_id_client_id FOREIGN KEY(op_id, client_id) REFERENCES ledger_op (id, client_id),
	CONSTRAINT ck_credit_lot_credits_range CHECK (credits BETWEEN 1 AND 100000),
	CONSTRAINT ck_credit_lot_sold_has_line CHECK ((kind IN ('purchased', 'bonus')) = (sale_line_id IS NOT NULL)),
	CONSTRAINT ck_credit_lot_bonus_has_parent CHECK ((kind = 'bonus') = (parent_lot_id IS NOT NULL)),
	CONSTRAINT ck_credit_lot_transfer_has_origin CHECK ((kind = 'transferred') = (origin_lot_id IS NOT NULL)),
	CONSTRAINT ck_credit_lot_kind CHECK (kind IN ('purchased', 'bonus', 'manual', 'imported', 'transferred')),
	CONSTRAINT fk_credit_lot_client_id FOREIGN KEY(client_id) REFERENCES client (id),
	CONSTRAINT fk_credit_lot_sale_line_id FOREIGN KEY(sale_line_id) REFERENCES sale_line (id),
	CONSTRAINT fk_credit_lot_parent_lot_id FOREIGN KEY(parent_lot_id) REFERENCES credit_lot (id),
	CONSTRAINT fk_credit_lot_origin_lot_id FOREIGN KEY(origin_lot_id) REFERENCES credit_lot (id)
)
-- next
CREATE INDEX ix_credit_lot_client_id ON credit_lot (client_id)
-- next
CREATE INDEX ix_credit_lot_op_id ON credit_lot (op_id)
-- next
CREATE INDEX ix_credit_lot_origin_lot_id ON credit_lot (origin_lot_id)
-- next
CREATE INDEX ix_credit_lot_sale_line_id ON credit_lot (sale_line_id)
-- next
CREATE TABLE transaction_state (
	id BIGSERIAL NOT NULL,
	transaction_id BIGINT NOT NULL,
	status TEXT NOT NULL,
	staff_id BIGINT,
	desk_id BIGINT,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT pk_transaction_state PRIMARY KEY (id),
	CONSTRAINT ck_transaction_state_status CHECK (status IN ('requested', 'pending', 'succeeded', 'failed', 'cancelled')),
	CONSTRAINT fk_transaction_state_transaction_id FOREIGN KEY(transaction_id) REFERENCES money_transaction (id),
	CONSTRAINT fk_transaction_state_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_transaction_state_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE INDEX ix_transaction_state_transaction_id ON transaction_state (transaction_id, id)
-- next
CREATE TABLE visit (
	id BIGSERIAL NOT NULL,
	op_id BIGINT NOT NULL,
	client_id BIGINT NOT NULL,
	class_type_id BIGINT,
	class_at BIGINT NOT NULL,
	cost INTEGER NOT NULL,
	paid BOOLEAN NOT NULL,
	CONSTRAINT pk_visit PRIMARY KEY (id),
	CONSTRAINT fk_visit_op_id_client_id FOREIGN KEY(op_id, client_id) REFERENCES ledger_op (id, client_id),
	CONSTRAINT ck_visit_cost_range CHECK (cost BETWEEN 0 AND 1000),
	CONSTRAINT uq_visit_op_id UNIQUE (op_id),
	CONSTRAINT fk_visit_class_type_id FOREIGN KEY(class_type_id) REFERENCES class_type (id)
)
-- next
CREATE INDEX ix_visit_client_id ON visit (client_id, class_at)
-- next
CREATE TABLE import_row (
	id BIGSERIAL NOT NULL,
	batch_id BIGINT NOT NULL,
	number INTEGER NOT NULL,
	action TEXT NOT NULL,
	client_id BIGINT,
	lot_id BIGINT,
	problems TEXT,
	CONSTRAINT pk_import_row PRIMARY KEY (id),
	CONSTRAINT uq_import_row_batch_id_number UNIQUE (batch_id, number),
	CONSTRAINT ck_import_row_action CHECK (action IN ('created', 'matched', 'left_out')),
	CONSTRAINT ck_import_row_client_unless_left_out CHECK ((action = 'left_out') = (client_id IS NULL)),
	CONSTRAINT fk_import_row_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
	CONSTRAINT fk_import_row_client_id FOREIGN KEY(client_id) REFERENCES client (id),
	CONSTRAINT fk_import_row_lot_id FOREIGN KEY(lot_id) REFERENCES credit_lot (id)
)
-- next
CREATE TABLE ledger_entry (
	id BIGSERIAL NOT NULL,
	op_id BIGINT NOT NULL,
	client_id BIGINT NOT NULL,
	lot_id BIGINT NOT NULL,
	type TEXT NOT NULL,
	delta INTEGER NOT NULL,
	undoes TEXT,
	effective_at BIGINT NOT NULL,
	CONSTRAINT pk_ledger_entry PRIMARY KEY (id),
	CONSTRAINT uq_ledger_entry_op_id_lot_id_type UNIQUE (op_id, lot_id, type),
	CONSTRAINT fk_ledger_entry_op_id_client_id FOREIGN KEY(op_id, client_id) REFERENCES ledger_op (id, client_id),
	CONSTRAINT fk_ledger_entry_lot_id_client_id FOREIGN KEY(lot_id, client_id) REFERENCES credit_lot (id, client_id),
	CONSTRAINT ck_ledger_entry_sign CHECK ((type IN ('grant', 'return', 'reinstate') AND delta > 0) OR (type IN ('redeem', 'void', 'expire', 'adjust_out', 'transfer_out') AND delta < 0)),
	CONSTRAINT ck_ledger_entry_reinstate_bucket CHECK ((type = 'reinstate') = (undoes IS NOT NULL) AND (undoes IS NULL OR undoes IN ('voided', 'expired'))),
	CONSTRAINT ck_ledger_entry_type CHECK (type IN ('grant', 'return', 'reinstate', 'redeem', 'void', 'expire', 'adjust_out', 'transfer_out'))
)
-- next
CREATE INDEX ix_ledger_entry_client ON ledger_entry (client_id, effective_at, id)
-- next
CREATE INDEX ix_ledger_entry_lot_id ON ledger_entry (lot_id)
-- next
CREATE TABLE lot_balance (
	lot_id BIGINT NOT NULL,
	client_id BIGINT NOT NULL,
	credits INTEGER NOT NULL,
	remaining INTEGER NOT NULL,
	used INTEGER DEFAULT '0' NOT NULL,
	voided INTEGER DEFAULT '0' NOT NULL,
	expired INTEGER DEFAULT '0' NOT NULL,
	removed INTEGER DEFAULT '0' NOT NULL,
	moved INTEGER DEFAULT '0' NOT NULL,
	term_seq INTEGER DEFAULT '0' NOT NULL,
	effective_at BIGINT,
	expires_at BIGINT,
	CONSTRAINT pk_lot_balance PRIMARY KEY (lot_id),
	CONSTRAINT ck_lot_balance_not_negative CHECK (remaining >= 0 AND used >= 0 AND voided >= 0 AND expired >= 0 AND removed >= 0 AND moved >= 0),
	CONSTRAINT ck_lot_balance_adds_up CHECK (remaining + used + voided + expired + removed + moved = credits),
	CONSTRAINT fk_lot_balance_lot_id FOREIGN KEY(lot_id) REFERENCES credit_lot (id)
)
-- next
CREATE INDEX ix_lot_balance_client_id ON lot_balance (client_id)
-- next
CREATE INDEX ix_lot_balance_expires_at ON lot_balance (expires_at, lot_id) WHERE remaining > 0
-- next
CREATE TABLE lot_hold (
	id BIGSERIAL NOT NULL,
	lot_id BIGINT NOT NULL,
	client_id BIGINT NOT NULL,
	op_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	credits INTEGER,
	starts_at BIGINT NOT NULL,
	ends_at BIGINT,
	closes_hold_id BIGINT,
	CONSTRAINT pk_lot_hold PRIMARY KEY (id),
	CONSTRAINT fk_lot_hold_lot_id_client_id FOREIGN KEY(lot_id, client_id) REFERENCES credit_lot (id, client_id),
	CONSTRAINT fk_lot_hold_op_id_client_id FOREIGN KEY(op_id, client_id) REFERENCES ledger_op (id, client_id),
	CONSTRAINT ck_lot_hold_credits_positive CHECK (credits >= 1),
	CONSTRAINT ck_lot_hold_ends_after_start CHECK (ends_at > starts_at),
	CONSTRAINT ck_lot_hold_freeze_is_whole CHECK (kind <> 'freeze' OR credits IS NULL),
	CONSTRAINT ck_lot_hold_kind CHECK (kind IN ('checkout', 'refund', 'dispute', 'freeze')),
	CONSTRAINT fk_lot_hold_closes_hold_id FOREIGN KEY(closes_hold_id) REFERENCES lot_hold (id)
)
-- next
CREATE INDEX ix_lot_hold_lot_id ON lot_hold (lot_id)
-- next
CREATE INDEX ix_lot_hold_op_id ON lot_hold (op_id)
-- next
CREATE UNIQUE INDEX uq_lot_hold_closes_hold_id ON lot_hold (closes_hold_id) WHERE closes_hold_id IS NOT NULL
-- next
CREATE TABLE lot_term (
	lot_id BIGINT NOT NULL,
	seq INTEGER NOT NULL,
	client_id BIGINT NOT NULL,
	op_id BIGINT NOT NULL,
	reason TEXT NOT NULL,
	effective_at BIGINT NOT NULL,
	expires_at BIGINT,
	CONSTRAINT pk_lot_term PRIMARY KEY (lot_id, seq),
	CONSTRAINT fk_lot_term_lot_id_client_id FOREIGN KEY(lot_id, client_id) REFERENCES credit_lot (id, client_id),
	CONSTRAINT fk_lot_term_op_id_client_id FOREIGN KEY(op_id, client_id) REFERENCES ledger_op (id, client_id),
	CONSTRAINT ck_lot_term_ends_after_start CHECK (expires_at > effective_at),
	CONSTRAINT ck_lot_term_reason CHECK (reason IN ('grant', 'extend', 'undo_extend', 'freeze', 'unfreeze', 'revive', 'first_class', 'undo_first_class', 'paid', 'reinstate'))
)
-- next
CREATE INDEX ix_lot_term_op_id ON lot_term (op_id)
-- next
CREATE TABLE visit_event (
	id BIGSERIAL NOT NULL,
	visit_id BIGINT NOT NULL,
	client_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	op_id BIGINT NOT NULL,
	CONSTRAINT pk_visit_event PRIMARY KEY (id),
	CONSTRAINT uq_visit_event_visit_id_kind UNIQUE (visit_id, kind),
	CONSTRAINT fk_visit_event_op_id_client_id FOREIGN KEY(op_id, client_id) REFERENCES ledger_op (id, client_id),
	CONSTRAINT ck_visit_event_kind CHECK (kind IN ('settled', 'undone')),
	CONSTRAINT fk_visit_event_visit_id FOREIGN KEY(visit_id) REFERENCES visit (id)
)
-- next
CREATE INDEX ix_visit_event_op_id ON visit_event (op_id)
-- next
DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE INDEX ix_client_search ON client USING gin ((' ' || client.name_folded || ' ' || client.email_folded || ' ' || client.phone_digits || ' ' || lower(COALESCE(client.member_code, ''))) gin_trgm_ops); EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'search without pg_trgm: %', SQLERRM; END $$
-- next
CREATE FUNCTION studio_locked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF (NEW.currency <> OLD.currency OR NEW.zone <> OLD.zone) AND EXISTS (SELECT 1 FROM sale) THEN RAISE EXCEPTION 'frontdesk:studio_locked' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER studio_locked BEFORE UPDATE ON studio FOR EACH ROW EXECUTE FUNCTION studio_locked()
-- next
CREATE FUNCTION note_only_erased() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NOT (NEW.text IS NULL AND NEW.salt IS NULL AND NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.recorded_at IS NOT DISTINCT FROM OLD.recorded_at) THEN RAISE EXCEPTION 'frontdesk:note_only_erased' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER note_only_erased BEFORE UPDATE ON note FOR EACH ROW EXECUTE FUNCTION note_only_erased()
-- next
CREATE FUNCTION receipt_series_starts_at_zero() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NEW.last_number <> 0 THEN RAISE EXCEPTION 'frontdesk:receipt_series_starts_at_zero' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER receipt_series_starts_at_zero BEFORE INSERT ON receipt_series FOR EACH ROW EXECUTE FUNCTION receipt_series_starts_at_zero()
-- next
CREATE FUNCTION receipt_series_counts_by_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NOT (NEW.last_number = OLD.last_number + 1 AND NEW.series IS NOT DISTINCT FROM OLD.series AND NEW.kind IS NOT DISTINCT FROM OLD.kind AND NEW.desk_id IS NOT DISTINCT FROM OLD.desk_id) THEN RAISE EXCEPTION 'frontdesk:receipt_series_counts_by_one' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER receipt_series_counts_by_one BEFORE UPDATE ON receipt_series FOR EACH ROW EXECUTE FUNCTION receipt_series_counts_by_one()
-- next
CREATE FUNCTION sale_number_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NOT EXISTS (SELECT 1 FROM receipt_series s WHERE s.series = NEW.series AND s.kind = 'sale' AND s.last_number = NEW.number) THEN RAISE EXCEPTION 'frontdesk:sale_number_in_turn' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER sale_number_in_turn BEFORE INSERT ON sale FOR EACH ROW EXECUTE FUNCTION sale_number_in_turn()
-- next
CREATE FUNCTION refund_number_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NOT EXISTS (SELECT 1 FROM receipt_series s WHERE s.series = NEW.series AND s.kind = 'refund' AND s.last_number = NEW.number) THEN RAISE EXCEPTION 'frontdesk:refund_number_in_turn' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER refund_number_in_turn BEFORE INSERT ON refund FOR EACH ROW EXECUTE FUNCTION refund_number_in_turn()
-- next
CREATE FUNCTION money_transaction_only_status() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NOT (NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.kind IS NOT DISTINCT FROM OLD.kind AND NEW.sale_id IS NOT DISTINCT FROM OLD.sale_id AND NEW.client_id IS NOT DISTINCT FROM OLD.client_id AND NEW.refund_id IS NOT DISTINCT FROM OLD.refund_id AND NEW.payment_id IS NOT DISTINCT FROM OLD.payment_id AND NEW.tender IS NOT DISTINCT FROM OLD.tender AND NEW.amount IS NOT DISTINCT FROM OLD.amount AND NEW.at IS NOT DISTINCT FROM OLD.at AND NEW.business_day IS NOT DISTINCT FROM OLD.business_day AND NEW.staff_id IS NOT DISTINCT FROM OLD.staff_id AND NEW.desk_id IS NOT DISTINCT FROM OLD.desk_id AND NEW.receipt IS NOT DISTINCT FROM OLD.receipt AND NEW.reference IS NOT DISTINCT FROM OLD.reference AND NEW.cash_given IS NOT DISTINCT FROM OLD.cash_given AND NEW.cash_change IS NOT DISTINCT FROM OLD.cash_change AND NEW.status IS NOT DISTINCT FROM (SELECT s.status FROM transaction_state s WHERE s.transaction_id = NEW.id ORDER BY s.id DESC LIMIT 1)) THEN RAISE EXCEPTION 'frontdesk:money_transaction_only_status' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER money_transaction_only_status BEFORE UPDATE ON money_transaction FOR EACH ROW EXECUTE FUNCTION money_transaction_only_status()
-- next
CREATE FUNCTION money_transaction_refund_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM money_transaction p WHERE p.id = NEW.payment_id FOR UPDATE; IF NEW.kind = 'refund' AND NEW.status NOT IN ('failed', 'cancelled') AND COALESCE((SELECT p.amount FROM money_transaction p WHERE p.id = NEW.payment_id AND p.kind = 'payment' AND p.sale_id = NEW.sale_id AND p.status = 'succeeded'), -1) + (SELECT COALESCE(SUM(r.amount), 0) FROM money_transaction r WHERE r.payment_id = NEW.payment_id AND r.status NOT IN ('failed', 'cancelled')) + NEW.amount < 0 THEN RAISE EXCEPTION 'frontdesk:money_transaction_refund_within_payment' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER money_transaction_refund_within_payment BEFORE INSERT ON money_transaction FOR EACH ROW EXECUTE FUNCTION money_transaction_refund_within_payment()
-- next
CREATE FUNCTION transaction_state_refund_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM money_transaction p JOIN money_transaction t ON p.id = t.payment_id WHERE t.id = NEW.transaction_id FOR UPDATE OF p; IF NEW.status NOT IN ('failed', 'cancelled') AND EXISTS (SELECT 1 FROM money_transaction t JOIN money_transaction p ON p.id = t.payment_id WHERE t.id = NEW.transaction_id AND t.status IN ('failed', 'cancelled') AND p.amount + (SELECT COALESCE(SUM(r.amount), 0) FROM money_transaction r WHERE r.payment_id = p.id AND r.status NOT IN ('failed', 'cancelled')) + t.amount < 0) THEN RAISE EXCEPTION 'frontdesk:transaction_state_refund_within_payment' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER transaction_state_refund_within_payment BEFORE INSERT ON transaction_state FOR EACH ROW EXECUTE FUNCTION transaction_state_refund_within_payment()
-- next
CREATE FUNCTION refund_line_within_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM sale_line l WHERE l.id = NEW.sale_line_id FOR UPDATE; IF NEW.amount + COALESCE((SELECT SUM(rl.amount + (SELECT COALESCE(SUM(t.amount), 0) FROM money_transaction t WHERE t.refund_id = rl.refund_id AND t.status IN ('failed', 'cancelled'))) FROM refund_line rl WHERE rl.sale_line_id = NEW.sale_line_id), 0) > COALESCE((SELECT l.total FROM sale_line l JOIN refund r ON r.sale_id = l.sale_id WHERE l.id = NEW.sale_line_id AND r.id = NEW.refund_id), -1) THEN RAISE EXCEPTION 'frontdesk:refund_line_within_line' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER refund_line_within_line BEFORE INSERT ON refund_line FOR EACH ROW EXECUTE FUNCTION refund_line_within_line()
-- next
CREATE FUNCTION decision_closed_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NOT (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.kind IS NOT DISTINCT FROM OLD.kind AND NEW.client_id IS NOT DISTINCT FROM OLD.client_id AND NEW.sale_id IS NOT DISTINCT FROM OLD.sale_id AND NEW.refund_id IS NOT DISTINCT FROM OLD.refund_id AND NEW.facts IS NOT DISTINCT FROM OLD.facts AND NEW.opened_at IS NOT DISTINCT FROM OLD.opened_at) THEN RAISE EXCEPTION 'frontdesk:decision_closed_once' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER decision_closed_once BEFORE UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION decision_closed_once()
-- next
CREATE FUNCTION ledger_op_continues_chain() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NOT EXISTS (SELECT 1 FROM client_head h WHERE h.client_id = NEW.client_id AND h.seq = NEW.client_seq - 1 AND h.hash = NEW.prev_hash) THEN RAISE EXCEPTION 'frontdesk:ledger_op_continues_chain' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER ledger_op_continues_chain BEFORE INSERT ON ledger_op FOR EACH ROW EXECUTE FUNCTION ledger_op_continues_chain()
-- next
CREATE FUNCTION ledger_entry_granted_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NEW.type <> 'grant' AND NOT EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = NEW.lot_id) THEN RAISE EXCEPTION 'frontdesk:ledger_entry_granted_first' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER ledger_entry_granted_first BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_granted_first()
-- next
CREATE FUNCTION ledger_entry_granted_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NEW.type = 'grant' AND (EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = NEW.lot_id) OR NOT EXISTS (SELECT 1 FROM credit_lot l WHERE l.id = NEW.lot_id AND l.op_id = NEW.op_id AND l.credits = NEW.delta)) THEN RAISE EXCEPTION 'frontdesk:ledger_entry_granted_once' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER ledger_entry_granted_once BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_granted_once()
-- next
CREATE FUNCTION ledger_entry_redeemed_in_validity() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NEW.type = 'redeem' AND NOT EXISTS (SELECT 1 FROM lot_balance b JOIN ledger_op o ON o.id = NEW.op_id WHERE b.lot_id = NEW.lot_id AND COALESCE(o.class_at, o.effective_at) < COALESCE(b.expires_at, 9223372036854775807) AND (o.kind = 'settle_visit' OR b.effective_at <= COALESCE(o.class_at, o.effective_at))) THEN RAISE EXCEPTION 'frontdesk:ledger_entry_redeemed_in_validity' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER ledger_entry_redeemed_in_validity BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_redeemed_in_validity()
-- next
CREATE FUNCTION ledger_entry_expired_when_due() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NEW.type = 'expire' AND NOT EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = NEW.lot_id AND b.expires_at <= NEW.effective_at) THEN RAISE EXCEPTION 'frontdesk:ledger_entry_expired_when_due' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER ledger_entry_expired_when_due BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_expired_when_due()
-- next
CREATE FUNCTION ledger_entry_held_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NEW.type IN ('redeem', 'adjust_out', 'transfer_out', 'expire') AND EXISTS (SELECT 1 FROM lot_balance b JOIN ledger_op o ON o.id = NEW.op_id WHERE b.lot_id = NEW.lot_id AND b.remaining + NEW.delta < (SELECT COALESCE(SUM(COALESCE(h.credits, b.credits)), 0) FROM lot_hold h WHERE h.lot_id = NEW.lot_id AND h.closes_hold_id IS NULL AND NOT EXISTS (SELECT 1 FROM lot_hold c WHERE c.closes_hold_id = h.id) AND h.starts_at <= o.recorded_at AND COALESCE(h.ends_at, 9223372036854775807) > o.recorded_at)) THEN RAISE EXCEPTION 'frontdesk:ledger_entry_held_stays' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER ledger_entry_held_stays BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_held_stays()
-- next
CREATE FUNCTION ledger_entry_returned_within_taken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NEW.type = 'return' AND NEW.delta > (SELECT COALESCE(-SUM(e.delta), 0) FROM ledger_op o JOIN ledger_entry e ON e.op_id = o.reverses_op_id WHERE o.id = NEW.op_id AND e.lot_id = NEW.lot_id AND e.type = 'redeem') - (SELECT COALESCE(SUM(e.delta), 0) FROM ledger_op o JOIN ledger_op r ON r.reverses_op_id = o.reverses_op_id JOIN ledger_entry e ON e.op_id = r.id WHERE o.id = NEW.op_id AND e.lot_id = NEW.lot_id AND e.type = 'return') THEN RAISE EXCEPTION 'frontdesk:ledger_entry_returned_within_taken' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER ledger_entry_returned_within_taken BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_returned_within_taken()
-- next
CREATE FUNCTION lot_term_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NOT EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = NEW.lot_id AND b.term_seq = NEW.seq - 1) THEN RAISE EXCEPTION 'frontdesk:lot_term_in_turn' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER lot_term_in_turn BEFORE INSERT ON lot_term FOR EACH ROW EXECUTE FUNCTION lot_term_in_turn()
-- next
CREATE FUNCTION lot_hold_closes_an_open_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NEW.closes_hold_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lot_hold h WHERE h.id = NEW.closes_hold_id AND h.lot_id = NEW.lot_id AND h.kind = NEW.kind AND h.closes_hold_id IS NULL AND NOT EXISTS (SELECT 1 FROM lot_hold c WHERE c.closes_hold_id = h.id)) THEN RAISE EXCEPTION 'frontdesk:lot_hold_closes_an_open_one' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER lot_hold_closes_an_open_one BEFORE INSERT ON lot_hold FOR EACH ROW EXECUTE FUNCTION lot_hold_closes_an_open_one()
-- next
CREATE FUNCTION lot_hold_within_remaining() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF NEW.closes_hold_id IS NULL AND NEW.credits > (SELECT b.remaining FROM lot_balance b WHERE b.lot_id = NEW.lot_id) - (SELECT COALESCE(SUM(h.credits), 0) FROM lot_hold h WHERE h.lot_id = NEW.lot_id AND h.closes_hold_id IS NULL AND NOT EXISTS (SELECT 1 FROM lot_hold c WHERE c.closes_hold_id = h.id)) THEN RAISE EXCEPTION 'frontdesk:lot_hold_within_remaining' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER lot_hold_within_remaining BEFORE INSERT ON lot_hold FOR EACH ROW EXECUTE FUNCTION lot_hold_within_remaining()
-- next
CREATE FUNCTION command_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:command_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER command_no_update BEFORE UPDATE ON command FOR EACH ROW EXECUTE FUNCTION command_no_update()
-- next
CREATE FUNCTION client_merge_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:client_merge_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER client_merge_no_update BEFORE UPDATE ON client_merge FOR EACH ROW EXECUTE FUNCTION client_merge_no_update()
-- next
CREATE FUNCTION client_event_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:client_event_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER client_event_no_update BEFORE UPDATE ON client_event FOR EACH ROW EXECUTE FUNCTION client_event_no_update()
-- next
CREATE FUNCTION sale_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:sale_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER sale_no_update BEFORE UPDATE ON sale FOR EACH ROW EXECUTE FUNCTION sale_no_update()
-- next
CREATE FUNCTION sale_line_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:sale_line_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER sale_line_no_update BEFORE UPDATE ON sale_line FOR EACH ROW EXECUTE FUNCTION sale_line_no_update()
-- next
CREATE FUNCTION refund_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:refund_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER refund_no_update BEFORE UPDATE ON refund FOR EACH ROW EXECUTE FUNCTION refund_no_update()
-- next
CREATE FUNCTION refund_line_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:refund_line_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER refund_line_no_update BEFORE UPDATE ON refund_line FOR EACH ROW EXECUTE FUNCTION refund_line_no_update()
-- next
CREATE FUNCTION transaction_state_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:transaction_state_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER transaction_state_no_update BEFORE UPDATE ON transaction_state FOR EACH ROW EXECUTE FUNCTION transaction_state_no_update()
-- next
CREATE FUNCTION receipt_print_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:receipt_print_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER receipt_print_no_update BEFORE UPDATE ON receipt_print FOR EACH ROW EXECUTE FUNCTION receipt_print_no_update()
-- next
CREATE FUNCTION ledger_op_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:ledger_op_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER ledger_op_no_update BEFORE UPDATE ON ledger_op FOR EACH ROW EXECUTE FUNCTION ledger_op_no_update()
-- next
CREATE FUNCTION credit_lot_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:credit_lot_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER credit_lot_no_update BEFORE UPDATE ON credit_lot FOR EACH ROW EXECUTE FUNCTION credit_lot_no_update()
-- next
CREATE FUNCTION lot_term_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:lot_term_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER lot_term_no_update BEFORE UPDATE ON lot_term FOR EACH ROW EXECUTE FUNCTION lot_term_no_update()
-- next
CREATE FUNCTION lot_hold_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:lot_hold_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER lot_hold_no_update BEFORE UPDATE ON lot_hold FOR EACH ROW EXECUTE FUNCTION lot_hold_no_update()
-- next
CREATE FUNCTION ledger_entry_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:ledger_entry_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_no_update()
-- next
CREATE FUNCTION visit_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:visit_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER visit_no_update BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION visit_no_update()
-- next
CREATE FUNCTION visit_event_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:visit_event_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER visit_event_no_update BEFORE UPDATE ON visit_event FOR EACH ROW EXECUTE FUNCTION visit_event_no_update()
-- next
CREATE FUNCTION import_batch_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:import_batch_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER import_batch_no_update BEFORE UPDATE ON import_batch FOR EACH ROW EXECUTE FUNCTION import_batch_no_update()
-- next
CREATE FUNCTION import_row_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:import_row_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER import_row_no_update BEFORE UPDATE ON import_row FOR EACH ROW EXECUTE FUNCTION import_row_no_update()
-- next
CREATE FUNCTION import_undo_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:import_undo_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER import_undo_no_update BEFORE UPDATE ON import_undo FOR EACH ROW EXECUTE FUNCTION import_undo_no_update()
-- next
CREATE FUNCTION package_version_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:package_version_no_update' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$
-- next
CREATE TRIGGER package_version_no_update BEFORE UPDATE ON package_version FOR EACH ROW EXECUTE FUNCTION package_version_no_update()
-- next
CREATE FUNCTION command_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:command_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER command_no_delete BEFORE DELETE ON command FOR EACH ROW EXECUTE FUNCTION command_no_delete()
-- next
CREATE FUNCTION client_merge_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:client_merge_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER client_merge_no_delete BEFORE DELETE ON client_merge FOR EACH ROW EXECUTE FUNCTION client_merge_no_delete()
-- next
CREATE FUNCTION client_event_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:client_event_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER client_event_no_delete BEFORE DELETE ON client_event FOR EACH ROW EXECUTE FUNCTION client_event_no_delete()
-- next
CREATE FUNCTION sale_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:sale_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER sale_no_delete BEFORE DELETE ON sale FOR EACH ROW EXECUTE FUNCTION sale_no_delete()
-- next
CREATE FUNCTION sale_line_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:sale_line_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER sale_line_no_delete BEFORE DELETE ON sale_line FOR EACH ROW EXECUTE FUNCTION sale_line_no_delete()
-- next
CREATE FUNCTION refund_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:refund_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER refund_no_delete BEFORE DELETE ON refund FOR EACH ROW EXECUTE FUNCTION refund_no_delete()
-- next
CREATE FUNCTION refund_line_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:refund_line_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER refund_line_no_delete BEFORE DELETE ON refund_line FOR EACH ROW EXECUTE FUNCTION refund_line_no_delete()
-- next
CREATE FUNCTION transaction_state_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:transaction_state_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER transaction_state_no_delete BEFORE DELETE ON transaction_state FOR EACH ROW EXECUTE FUNCTION transaction_state_no_delete()
-- next
CREATE FUNCTION receipt_print_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:receipt_print_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER receipt_print_no_delete BEFORE DELETE ON receipt_print FOR EACH ROW EXECUTE FUNCTION receipt_print_no_delete()
-- next
CREATE FUNCTION ledger_op_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:ledger_op_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER ledger_op_no_delete BEFORE DELETE ON ledger_op FOR EACH ROW EXECUTE FUNCTION ledger_op_no_delete()
-- next
CREATE FUNCTION credit_lot_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:credit_lot_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER credit_lot_no_delete BEFORE DELETE ON credit_lot FOR EACH ROW EXECUTE FUNCTION credit_lot_no_delete()
-- next
CREATE FUNCTION lot_term_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:lot_term_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER lot_term_no_delete BEFORE DELETE ON lot_term FOR EACH ROW EXECUTE FUNCTION lot_term_no_delete()
-- next
CREATE FUNCTION lot_hold_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:lot_hold_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER lot_hold_no_delete BEFORE DELETE ON lot_hold FOR EACH ROW EXECUTE FUNCTION lot_hold_no_delete()
-- next
CREATE FUNCTION ledger_entry_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:ledger_entry_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_no_delete()
-- next
CREATE FUNCTION visit_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:visit_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER visit_no_delete BEFORE DELETE ON visit FOR EACH ROW EXECUTE FUNCTION visit_no_delete()
-- next
CREATE FUNCTION visit_event_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:visit_event_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER visit_event_no_delete BEFORE DELETE ON visit_event FOR EACH ROW EXECUTE FUNCTION visit_event_no_delete()
-- next
CREATE FUNCTION import_batch_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:import_batch_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER import_batch_no_delete BEFORE DELETE ON import_batch FOR EACH ROW EXECUTE FUNCTION import_batch_no_delete()
-- next
CREATE FUNCTION import_row_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:import_row_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER import_row_no_delete BEFORE DELETE ON import_row FOR EACH ROW EXECUTE FUNCTION import_row_no_delete()
-- next
CREATE FUNCTION import_undo_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:import_undo_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER import_undo_no_delete BEFORE DELETE ON import_undo FOR EACH ROW EXECUTE FUNCTION import_undo_no_delete()
-- next
CREATE FUNCTION studio_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:studio_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER studio_no_delete BEFORE DELETE ON studio FOR EACH ROW EXECUTE FUNCTION studio_no_delete()
-- next
CREATE FUNCTION client_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:client_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER client_no_delete BEFORE DELETE ON client FOR EACH ROW EXECUTE FUNCTION client_no_delete()
-- next
CREATE FUNCTION note_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:note_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER note_no_delete BEFORE DELETE ON note FOR EACH ROW EXECUTE FUNCTION note_no_delete()
-- next
CREATE FUNCTION receipt_series_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:receipt_series_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER receipt_series_no_delete BEFORE DELETE ON receipt_series FOR EACH ROW EXECUTE FUNCTION receipt_series_no_delete()
-- next
CREATE FUNCTION money_transaction_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:money_transaction_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER money_transaction_no_delete BEFORE DELETE ON money_transaction FOR EACH ROW EXECUTE FUNCTION money_transaction_no_delete()
-- next
CREATE FUNCTION decision_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:decision_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision FOR EACH ROW EXECUTE FUNCTION decision_no_delete()
-- next
CREATE FUNCTION client_head_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:client_head_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER client_head_no_delete BEFORE DELETE ON client_head FOR EACH ROW EXECUTE FUNCTION client_head_no_delete()
-- next
CREATE FUNCTION lot_balance_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN  IF 1 = 1 THEN RAISE EXCEPTION 'frontdesk:lot_balance_no_delete' USING ERRCODE = '23514'; END IF; RETURN OLD; END $$
-- next
CREATE TRIGGER lot_balance_no_delete BEFORE DELETE ON lot_balance FOR EACH ROW EXECUTE FUNCTION lot_balance_no_delete()
-- next
CREATE FUNCTION client_opens_chain() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TRUE THEN INSERT INTO client_head (client_id, seq, hash) VALUES (NEW.id, 0, ''); END IF; RETURN NULL; END $$
-- next
CREATE TRIGGER client_opens_chain AFTER INSERT ON client FOR EACH ROW EXECUTE FUNCTION client_opens_chain()
-- next
CREATE FUNCTION ledger_op_moves_head() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TRUE THEN UPDATE client_head SET seq = NEW.client_seq, hash = NEW.hash WHERE client_id = NEW.client_id; END IF; RETURN NULL; END $$
-- next
CREATE TRIGGER ledger_op_moves_head AFTER INSERT ON ledger_op FOR EACH ROW EXECUTE FUNCTION ledger_op_moves_head()
-- next
CREATE FUNCTION ledger_entry_opens_balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.type = 'grant' THEN INSERT INTO lot_balance (lot_id, client_id, credits, remaining) VALUES (NEW.lot_id, NEW.client_id, NEW.delta, NEW.delta); END IF; RETURN NULL; END $$
-- next
CREATE TRIGGER ledger_entry_opens_balance AFTER INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_opens_balance()
-- next
CREATE FUNCTION ledger_entry_moves_balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.type <> 'grant' THEN UPDATE lot_balance SET remaining = remaining + NEW.delta, used = used - CASE WHEN NEW.type IN ('redeem', 'return') THEN NEW.delta ELSE 0 END, voided = voided - CASE WHEN NEW.type = 'void' OR NEW.undoes = 'voided' THEN NEW.delta ELSE 0 END, expired = expired - CASE WHEN NEW.type = 'expire' OR NEW.undoes = 'expired' THEN NEW.delta ELSE 0 END, removed = removed - CASE WHEN NEW.type = 'adjust_out' THEN NEW.delta ELSE 0 END, moved = moved - CASE WHEN NEW.type = 'transfer_out' THEN NEW.delta ELSE 0 END WHERE lot_id = NEW.lot_id; END IF; RETURN NULL; END $$
-- next
CREATE TRIGGER ledger_entry_moves_balance AFTER INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_moves_balance()
-- next
CREATE FUNCTION lot_term_sets_term() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TRUE THEN UPDATE lot_balance SET term_seq = NEW.seq, effective_at = NEW.effective_at, expires_at = NEW.expires_at WHERE lot_id = NEW.lot_id; END IF; RETURN NULL; END $$
-- next
CREATE TRIGGER lot_term_sets_term AFTER INSERT ON lot_term FOR EACH ROW EXECUTE FUNCTION lot_term_sets_term()
-- next
CREATE FUNCTION transaction_state_sets_status() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TRUE THEN UPDATE money_transaction SET status = NEW.status WHERE id = NEW.transaction_id; END IF; RETURN NULL; END $$
-- next
CREATE TRIGGER transaction_state_sets_status AFTER INSERT ON transaction_state FOR EACH ROW EXECUTE FUNCTION transaction_state_sets_status()
-- next
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'frontdesk:%_no_truncate', TG_TABLE_NAME USING ERRCODE = '23514'; END $$
-- next
CREATE TRIGGER command_no_truncate BEFORE TRUNCATE ON command FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER client_merge_no_truncate BEFORE TRUNCATE ON client_merge FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER client_event_no_truncate BEFORE TRUNCATE ON client_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER sale_no_truncate BEFORE TRUNCATE ON sale FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER sale_line_no_truncate BEFORE TRUNCATE ON sale_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER refund_no_truncate BEFORE TRUNCATE ON refund FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER refund_line_no_truncate BEFORE TRUNCATE ON refund_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER transaction_state_no_truncate BEFORE TRUNCATE ON transaction_state FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER receipt_print_no_truncate BEFORE TRUNCATE ON receipt_print FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER ledger_op_no_truncate BEFORE TRUNCATE ON ledger_op FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER credit_lot_no_truncate BEFORE TRUNCATE ON credit_lot FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER lot_term_no_truncate BEFORE TRUNCATE ON lot_term FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER lot_hold_no_truncate BEFORE TRUNCATE ON lot_hold FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER visit_no_truncate BEFORE TRUNCATE ON visit FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER visit_event_no_truncate BEFORE TRUNCATE ON visit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER import_batch_no_truncate BEFORE TRUNCATE ON import_batch FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER import_row_no_truncate BEFORE TRUNCATE ON import_row FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER import_undo_no_truncate BEFORE TRUNCATE ON import_undo FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER studio_no_truncate BEFORE TRUNCATE ON studio FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER client_no_truncate BEFORE TRUNCATE ON client FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER note_no_truncate BEFORE TRUNCATE ON note FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER receipt_series_no_truncate BEFORE TRUNCATE ON receipt_series FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER money_transaction_no_truncate BEFORE TRUNCATE ON money_transaction FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER decision_no_truncate BEFORE TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER client_head_no_truncate BEFORE TRUNCATE ON client_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER lot_balance_no_truncate BEFORE TRUNCATE ON lot_balance FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
-- next
CREATE TRIGGER package_version_no_truncate BEFORE TRUNCATE ON package_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()
