CREATE TABLE class_type (
	id INTEGER NOT NULL,
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
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	name_folded TEXT NOT NULL,
	email TEXT DEFAULT '' NOT NULL,
	email_folded TEXT DEFAULT '' NOT NULL,
	phone TEXT DEFAULT '' NOT NULL,
	phone_digits TEXT DEFAULT '' NOT NULL,
	birthday DATE,
	notes TEXT DEFAULT '' NOT NULL,
	alert TEXT DEFAULT '' NOT NULL,
	member_code TEXT,
	source TEXT DEFAULT 'desk' NOT NULL,
	merged_into INTEGER,
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
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	prefix TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_desk PRIMARY KEY (id),
	CONSTRAINT uq_desk_name UNIQUE (name),
	CONSTRAINT uq_desk_prefix UNIQUE (prefix)
)
-- next
CREATE TABLE note (
	id INTEGER NOT NULL,
	salt TEXT,
	text TEXT,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT pk_note PRIMARY KEY (id)
)
-- next
CREATE TABLE package (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	status TEXT NOT NULL,
	version INTEGER NOT NULL,
	name_folded TEXT NOT NULL,
	position INTEGER DEFAULT '0' NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT ck_package_status CHECK (status IN ('draft', 'published', 'archived'))
)
-- next
CREATE UNIQUE INDEX uq_package_published_name ON package (name_folded) WHERE status = 'published'
-- next
CREATE TABLE staff (
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	archived_at BIGINT,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_staff PRIMARY KEY (id)
)
-- next
CREATE TABLE studio (
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	currency TEXT NOT NULL,
	zone TEXT NOT NULL,
	day_starts_hour INTEGER DEFAULT '0' NOT NULL,
	prices_include_tax BOOLEAN DEFAULT 1 NOT NULL,
	tax_name TEXT DEFAULT '' NOT NULL,
	default_tax_milli_percent INTEGER DEFAULT '0' NOT NULL,
	receipt_header TEXT DEFAULT '' NOT NULL,
	receipt_footer TEXT DEFAULT '' NOT NULL,
	demo BOOLEAN DEFAULT 0 NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_studio PRIMARY KEY (id),
	CONSTRAINT ck_studio_one_row CHECK (id = 1),
	CONSTRAINT ck_studio_currency_code CHECK (length(currency) = 3),
	CONSTRAINT ck_studio_day_starts_hour CHECK (day_starts_hour BETWEEN 0 AND 12),
	CONSTRAINT ck_studio_tax_range CHECK (default_tax_milli_percent BETWEEN 0 AND 100000)
)
-- next
CREATE TABLE client_event (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	client_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	fields TEXT,
	staff_id INTEGER,
	desk_id INTEGER,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT ck_client_event_kind CHECK (kind IN ('created', 'edited', 'archived', 'restored', 'imported', 'import_undone', 'merged', 'unmerged')),
	CONSTRAINT fk_client_event_client_id FOREIGN KEY(client_id) REFERENCES client (id),
	CONSTRAINT fk_client_event_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_client_event_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE INDEX ix_client_event_client_id ON client_event (client_id, id)
-- next
CREATE TABLE client_head (
	client_id INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	hash TEXT NOT NULL,
	CONSTRAINT pk_client_head PRIMARY KEY (client_id),
	CONSTRAINT fk_client_head_client_id FOREIGN KEY(client_id) REFERENCES client (id)
)
-- next
CREATE TABLE client_merge (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	client_id INTEGER NOT NULL,
	into_client_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	ends_merge_id INTEGER,
	staff_id INTEGER NOT NULL,
	desk_id INTEGER NOT NULL,
	recorded_at BIGINT NOT NULL,
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
	staff_id INTEGER,
	desk_id INTEGER,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT pk_command PRIMARY KEY (command_id),
	CONSTRAINT fk_command_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_command_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE TABLE import_batch (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	file_name TEXT NOT NULL,
	file_hash TEXT NOT NULL,
	created INTEGER NOT NULL,
	matched INTEGER NOT NULL,
	left_out INTEGER NOT NULL,
	packs INTEGER NOT NULL,
	credits INTEGER NOT NULL,
	staff_id INTEGER,
	desk_id INTEGER,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT fk_import_batch_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_import_batch_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE INDEX ix_import_batch_file_hash ON import_batch (file_hash)
-- next
CREATE TABLE package_version (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	package_id INTEGER NOT NULL,
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
	online BOOLEAN DEFAULT 0 NOT NULL,
	tax_milli_percent INTEGER DEFAULT '0' NOT NULL,
	saved_by INTEGER NOT NULL,
	saved_at BIGINT NOT NULL,
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
	desk_id INTEGER,
	last_number INTEGER DEFAULT '0' NOT NULL,
	CONSTRAINT pk_receipt_series PRIMARY KEY (series),
	CONSTRAINT ck_receipt_series_kind CHECK (kind IN ('sale', 'refund')),
	CONSTRAINT ck_receipt_series_number_not_negative CHECK (last_number >= 0),
	CONSTRAINT fk_receipt_series_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE TABLE import_undo (
	batch_id INTEGER NOT NULL,
	hidden INTEGER NOT NULL,
	voided INTEGER NOT NULL,
	kept INTEGER NOT NULL,
	staff_id INTEGER,
	desk_id INTEGER,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT pk_import_undo PRIMARY KEY (batch_id),
	CONSTRAINT fk_import_undo_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
	CONSTRAINT fk_import_undo_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_import_undo_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE TABLE sale (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	command_id TEXT NOT NULL,
	client_id INTEGER NOT NULL,
	desk_id INTEGER NOT NULL,
	staff_id INTEGER NOT NULL,
	sold_at BIGINT NOT NULL,
	business_day DATE NOT NULL,
	series TEXT NOT NULL,
	number INTEGER NOT NULL,
	currency TEXT NOT NULL,
	subtotal BIGINT NOT NULL,
	discount BIGINT NOT NULL,
	tax BIGINT NOT NULL,
	total BIGINT NOT NULL,
	tax_name TEXT DEFAULT '' NOT NULL,
	discount_code TEXT,
	discount_note_id INTEGER,
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
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	command_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	sale_id INTEGER NOT NULL,
	client_id INTEGER NOT NULL,
	desk_id INTEGER NOT NULL,
	staff_id INTEGER NOT NULL,
	requested_at BIGINT NOT NULL,
	business_day DATE NOT NULL,
	series TEXT NOT NULL,
	number INTEGER NOT NULL,
	amount BIGINT NOT NULL,
	reason_code TEXT NOT NULL,
	note_id INTEGER,
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
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	sale_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	package_id INTEGER NOT NULL,
	package_version_id INTEGER NOT NULL,
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
	id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	client_id INTEGER,
	sale_id INTEGER,
	refund_id INTEGER,
	facts TEXT NOT NULL,
	opened_at BIGINT NOT NULL,
	closed_at BIGINT,
	closed_by INTEGER,
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
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	command_id TEXT NOT NULL,
	client_id INTEGER NOT NULL,
	client_seq INTEGER NOT NULL,
	kind TEXT NOT NULL,
	effective_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	class_type_id INTEGER,
	class_at BIGINT,
	staff_id INTEGER,
	desk_id INTEGER,
	reason_code TEXT,
	note_id INTEGER,
	note_hash TEXT,
	reverses_op_id INTEGER,
	peer_client_id INTEGER,
	sale_id INTEGER,
	refund_id INTEGER,
	subject_hash TEXT,
	prev_hash TEXT NOT NULL,
	hash TEXT NOT NULL,
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
	id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	sale_id INTEGER NOT NULL,
	client_id INTEGER NOT NULL,
	refund_id INTEGER,
	payment_id INTEGER,
	tender TEXT NOT NULL,
	amount BIGINT NOT NULL,
	at BIGINT NOT NULL,
	business_day DATE NOT NULL,
	staff_id INTEGER NOT NULL,
	desk_id INTEGER NOT NULL,
	receipt TEXT NOT NULL,
	reference TEXT DEFAULT '' NOT NULL,
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
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	sale_id INTEGER,
	refund_id INTEGER,
	staff_id INTEGER NOT NULL,
	desk_id INTEGER NOT NULL,
	printed_at BIGINT NOT NULL,
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
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	refund_id INTEGER NOT NULL,
	sale_line_id INTEGER NOT NULL,
	amount BIGINT NOT NULL,
	credits_voided INTEGER NOT NULL,
	CONSTRAINT uq_refund_line_refund_id_sale_line_id UNIQUE (refund_id, sale_line_id),
	CONSTRAINT ck_refund_line_not_negative CHECK (amount >= 0 AND credits_voided >= 0),
	CONSTRAINT fk_refund_line_refund_id FOREIGN KEY(refund_id) REFERENCES refund (id),
	CONSTRAINT fk_refund_line_sale_line_id FOREIGN KEY(sale_line_id) REFERENCES sale_line (id)
)
-- next
CREATE INDEX ix_refund_line_sale_line_id ON refund_line (sale_line_id)
-- next
CREATE TABLE credit_lot (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	client_id INTEGER NOT NULL,
	op_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	complimentary BOOLEAN NOT NULL,
	title TEXT NOT NULL,
	credits INTEGER NOT NULL,
	sale_line_id INTEGER,
	parent_lot_id INTEGER,
	origin_lot_id INTEGER,
	eligible TEXT,
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
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	transaction_id INTEGER NOT NULL,
	status TEXT NOT NULL,
	staff_id INTEGER,
	desk_id INTEGER,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT ck_transaction_state_status CHECK (status IN ('requested', 'pending', 'succeeded', 'failed', 'cancelled')),
	CONSTRAINT fk_transaction_state_transaction_id FOREIGN KEY(transaction_id) REFERENCES money_transaction (id),
	CONSTRAINT fk_transaction_state_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id),
	CONSTRAINT fk_transaction_state_desk_id FOREIGN KEY(desk_id) REFERENCES desk (id)
)
-- next
CREATE INDEX ix_transaction_state_transaction_id ON transaction_state (transaction_id, id)
-- next
CREATE TABLE visit (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	op_id INTEGER NOT NULL,
	client_id INTEGER NOT NULL,
	class_type_id INTEGER,
	class_at BIGINT NOT NULL,
	cost INTEGER NOT NULL,
	paid BOOLEAN NOT NULL,
	CONSTRAINT fk_visit_op_id_client_id FOREIGN KEY(op_id, client_id) REFERENCES ledger_op (id, client_id),
	CONSTRAINT ck_visit_cost_range CHECK (cost BETWEEN 0 AND 1000),
	CONSTRAINT uq_visit_op_id UNIQUE (op_id),
	CONSTRAINT fk_visit_class_type_id FOREIGN KEY(class_type_id) REFERENCES class_type (id)
)
-- next
CREATE INDEX ix_visit_client_id ON visit (client_id, class_at)
-- next
CREATE TABLE import_row (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	batch_id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	action TEXT NOT NULL,
	client_id INTEGER,
	lot_id INTEGER,
	problems TEXT,
	CONSTRAINT uq_import_row_batch_id_number UNIQUE (batch_id, number),
	CONSTRAINT ck_import_row_action CHECK (action IN ('created', 'matched', 'left_out')),
	CONSTRAINT ck_import_row_client_unless_left_out CHECK ((action = 'left_out') = (client_id IS NULL)),
	CONSTRAINT fk_import_row_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (id),
	CONSTRAINT fk_import_row_client_id FOREIGN KEY(client_id) REFERENCES client (id),
	CONSTRAINT fk_import_row_lot_id FOREIGN KEY(lot_id) REFERENCES credit_lot (id)
)
-- next
CREATE TABLE ledger_entry (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	op_id INTEGER NOT NULL,
	client_id INTEGER NOT NULL,
	lot_id INTEGER NOT NULL,
	type TEXT NOT NULL,
	delta INTEGER NOT NULL,
	undoes TEXT,
	effective_at BIGINT NOT NULL,
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
	lot_id INTEGER NOT NULL,
	client_id INTEGER NOT NULL,
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
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	lot_id INTEGER NOT NULL,
	client_id INTEGER NOT NULL,
	op_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	credits INTEGER,
	starts_at BIGINT NOT NULL,
	ends_at BIGINT,
	closes_hold_id INTEGER,
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
	lot_id INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	client_id INTEGER NOT NULL,
	op_id INTEGER NOT NULL,
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
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	visit_id INTEGER NOT NULL,
	client_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	op_id INTEGER NOT NULL,
	CONSTRAINT uq_visit_event_visit_id_kind UNIQUE (visit_id, kind),
	CONSTRAINT fk_visit_event_op_id_client_id FOREIGN KEY(op_id, client_id) REFERENCES ledger_op (id, client_id),
	CONSTRAINT ck_visit_event_kind CHECK (kind IN ('settled', 'undone')),
	CONSTRAINT fk_visit_event_visit_id FOREIGN KEY(visit_id) REFERENCES visit (id)
)
-- next
CREATE INDEX ix_visit_event_op_id ON visit_event (op_id)
-- next
CREATE VIRTUAL TABLE client_search USING fts5(text, content='', tokenize='trigram')
-- next
INSERT INTO client_search (client_search, rank) VALUES ('secure-delete', 1)
-- next
CREATE TRIGGER studio_locked BEFORE UPDATE ON studio WHEN (NEW.currency <> OLD.currency OR NEW.zone <> OLD.zone) AND EXISTS (SELECT 1 FROM sale) BEGIN SELECT RAISE(ABORT, 'frontdesk:studio_locked'); END
-- next
CREATE TRIGGER note_only_erased BEFORE UPDATE ON note WHEN NOT (NEW.text IS NULL AND NEW.salt IS NULL AND NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.recorded_at IS NOT DISTINCT FROM OLD.recorded_at) BEGIN SELECT RAISE(ABORT, 'frontdesk:note_only_erased'); END
-- next
CREATE TRIGGER receipt_series_starts_at_zero BEFORE INSERT ON receipt_series WHEN NEW.last_number <> 0 BEGIN SELECT RAISE(ABORT, 'frontdesk:receipt_series_starts_at_zero'); END
-- next
CREATE TRIGGER receipt_series_counts_by_one BEFORE UPDATE ON receipt_series WHEN NOT (NEW.last_number = OLD.last_number + 1 AND NEW.series IS NOT DISTINCT FROM OLD.series AND NEW.kind IS NOT DISTINCT FROM OLD.kind AND NEW.desk_id IS NOT DISTINCT FROM OLD.desk_id) BEGIN SELECT RAISE(ABORT, 'frontdesk:receipt_series_counts_by_one'); END
-- next
CREATE TRIGGER sale_number_in_turn BEFORE INSERT ON sale WHEN NOT EXISTS (SELECT 1 FROM receipt_series s WHERE s.series = NEW.series AND s.kind = 'sale' AND s.last_number = NEW.number) BEGIN SELECT RAISE(ABORT, 'frontdesk:sale_number_in_turn'); END
-- next
CREATE TRIGGER refund_number_in_turn BEFORE INSERT ON refund WHEN NOT EXISTS (SELECT 1 FROM receipt_series s WHERE s.series = NEW.series AND s.kind = 'refund' AND s.last_number = NEW.number) BEGIN SELECT RAISE(ABORT, 'frontdesk:refund_number_in_turn'); END
-- next
CREATE TRIGGER money_transaction_only_status BEFORE UPDATE ON money_transaction WHEN NOT (NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.kind IS NOT DISTINCT FROM OLD.kind AND NEW.sale_id IS NOT DISTINCT FROM OLD.sale_id AND NEW.client_id IS NOT DISTINCT FROM OLD.client_id AND NEW.refund_id IS NOT DISTINCT FROM OLD.refund_id AND NEW.payment_id IS NOT DISTINCT FROM OLD.payment_id AND NEW.tender IS NOT DISTINCT FROM OLD.tender AND NEW.amount IS NOT DISTINCT FROM OLD.amount AND NEW.at IS NOT DISTINCT FROM OLD.at AND NEW.business_day IS NOT DISTINCT FROM OLD.business_day AND NEW.staff_id IS NOT DISTINCT FROM OLD.staff_id AND NEW.desk_id IS NOT DISTINCT FROM OLD.desk_id AND NEW.receipt IS NOT DISTINCT FROM OLD.receipt AND NEW.reference IS NOT DISTINCT FROM OLD.reference AND NEW.cash_given IS NOT DISTINCT FROM OLD.cash_given AND NEW.cash_change IS NOT DISTINCT FROM OLD.cash_change AND NEW.status IS NOT DISTINCT FROM (SELECT s.status FROM transaction_state s WHERE s.transaction_id = NEW.id ORDER BY s.id DESC LIMIT 1)) BEGIN SELECT RAISE(ABORT, 'frontdesk:money_transaction_only_status'); END
-- next
CREATE TRIGGER money_transaction_refund_within_payment BEFORE INSERT ON money_transaction WHEN NEW.kind = 'refund' AND NEW.status NOT IN ('failed', 'cancelled') AND COALESCE((SELECT p.amount FROM money_transaction p WHERE p.id = NEW.payment_id AND p.kind = 'payment' AND p.sale_id = NEW.sale_id AND p.status = 'succeeded'), -1) + (SELECT COALESCE(SUM(r.amount), 0) FROM money_transaction r WHERE r.payment_id = NEW.payment_id AND r.status NOT IN ('failed', 'cancelled')) + NEW.amount < 0 BEGIN SELECT RAISE(ABORT, 'frontdesk:money_transaction_refund_within_payment'); END
-- next
CREATE TRIGGER transaction_state_refund_within_payment BEFORE INSERT ON transaction_state WHEN NEW.status NOT IN ('failed', 'cancelled') AND EXISTS (SELECT 1 FROM money_transaction t JOIN money_transaction p ON p.id = t.payment_id WHERE t.id = NEW.transaction_id AND t.status IN ('failed', 'cancelled') AND p.amount + (SELECT COALESCE(SUM(r.amount), 0) FROM money_transaction r WHERE r.payment_id = p.id AND r.status NOT IN ('failed', 'cancelled')) + t.amount < 0) BEGIN SELECT RAISE(ABORT, 'frontdesk:transaction_state_refund_within_payment'); END
-- next
CREATE TRIGGER refund_line_within_line BEFORE INSERT ON refund_line WHEN NEW.amount + COALESCE((SELECT SUM(rl.amount + (SELECT COALESCE(SUM(t.amount), 0) FROM money_transaction t WHERE t.refund_id = rl.refund_id AND t.status IN ('failed', 'cancelled'))) FROM refund_line rl WHERE rl.sale_line_id = NEW.sale_line_id), 0) > COALESCE((SELECT l.total FROM sale_line l JOIN refund r ON r.sale_id = l.sale_id WHERE l.id = NEW.sale_line_id AND r.id = NEW.refund_id), -1) BEGIN SELECT RAISE(ABORT, 'frontdesk:refund_line_within_line'); END
-- next
CREATE TRIGGER decision_closed_once BEFORE UPDATE ON decision WHEN NOT (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.id IS NOT DISTINCT FROM OLD.id AND NEW.kind IS NOT DISTINCT FROM OLD.kind AND NEW.client_id IS NOT DISTINCT FROM OLD.client_id AND NEW.sale_id IS NOT DISTINCT FROM OLD.sale_id AND NEW.refund_id IS NOT DISTINCT FROM OLD.refund_id AND NEW.facts IS NOT DISTINCT FROM OLD.facts AND NEW.opened_at IS NOT DISTINCT FROM OLD.opened_at) BEGIN SELECT RAISE(ABORT, 'frontdesk:decision_closed_once'); END
-- next
CREATE TRIGGER ledger_op_continues_chain BEFORE INSERT ON ledger_op WHEN NOT EXISTS (SELECT 1 FROM client_head h WHERE h.client_id = NEW.client_id AND h.seq = NEW.client_seq - 1 AND h.hash = NEW.prev_hash) BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_op_continues_chain'); END
-- next
CREATE TRIGGER ledger_entry_granted_first BEFORE INSERT ON ledger_entry WHEN NEW.type <> 'grant' AND NOT EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = NEW.lot_id) BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_entry_granted_first'); END
-- next
CREATE TRIGGER ledger_entry_granted_once BEFORE INSERT ON ledger_entry WHEN NEW.type = 'grant' AND (EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = NEW.lot_id) OR NOT EXISTS (SELECT 1 FROM credit_lot l WHERE l.id = NEW.lot_id AND l.op_id = NEW.op_id AND l.credits = NEW.delta)) BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_entry_granted_once'); END
-- next
CREATE TRIGGER ledger_entry_redeemed_in_validity BEFORE INSERT ON ledger_entry WHEN NEW.type = 'redeem' AND NOT EXISTS (SELECT 1 FROM lot_balance b JOIN ledger_op o ON o.id = NEW.op_id WHERE b.lot_id = NEW.lot_id AND COALESCE(o.class_at, o.effective_at) < COALESCE(b.expires_at, 9223372036854775807) AND (o.kind = 'settle_visit' OR b.effective_at <= COALESCE(o.class_at, o.effective_at))) BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_entry_redeemed_in_validity'); END
-- next
CREATE TRIGGER ledger_entry_expired_when_due BEFORE INSERT ON ledger_entry WHEN NEW.type = 'expire' AND NOT EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = NEW.lot_id AND b.expires_at <= NEW.effective_at) BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_entry_expired_when_due'); END
-- next
CREATE TRIGGER ledger_entry_held_stays BEFORE INSERT ON ledger_entry WHEN NEW.type IN ('redeem', 'adjust_out', 'transfer_out', 'expire') AND EXISTS (SELECT 1 FROM lot_balance b JOIN ledger_op o ON o.id = NEW.op_id WHERE b.lot_id = NEW.lot_id AND b.remaining + NEW.delta < (SELECT COALESCE(SUM(COALESCE(h.credits, b.credits)), 0) FROM lot_hold h WHERE h.lot_id = NEW.lot_id AND h.closes_hold_id IS NULL AND NOT EXISTS (SELECT 1 FROM lot_hold c WHERE c.closes_hold_id = h.id) AND h.starts_at <= o.recorded_at AND COALESCE(h.ends_at, 9223372036854775807) > o.recorded_at)) BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_entry_held_stays'); END
-- next
CREATE TRIGGER ledger_entry_returned_within_taken BEFORE INSERT ON ledger_entry WHEN NEW.type = 'return' AND NEW.delta > (SELECT COALESCE(-SUM(e.delta), 0) FROM ledger_op o JOIN ledger_entry e ON e.op_id = o.reverses_op_id WHERE o.id = NEW.op_id AND e.lot_id = NEW.lot_id AND e.type = 'redeem') - (SELECT COALESCE(SUM(e.delta), 0) FROM ledger_op o JOIN ledger_op r ON r.reverses_op_id = o.reverses_op_id JOIN ledger_entry e ON e.op_id = r.id WHERE o.id = NEW.op_id AND e.lot_id = NEW.lot_id AND e.type = 'return') BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_entry_returned_within_taken'); END
-- next
CREATE TRIGGER lot_term_in_turn BEFORE INSERT ON lot_term WHEN NOT EXISTS (SELECT 1 FROM lot_balance b WHERE b.lot_id = NEW.lot_id AND b.term_seq = NEW.seq - 1) BEGIN SELECT RAISE(ABORT, 'frontdesk:lot_term_in_turn'); END
-- next
CREATE TRIGGER lot_hold_closes_an_open_one BEFORE INSERT ON lot_hold WHEN NEW.closes_hold_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lot_hold h WHERE h.id = NEW.closes_hold_id AND h.lot_id = NEW.lot_id AND h.kind = NEW.kind AND h.closes_hold_id IS NULL AND NOT EXISTS (SELECT 1 FROM lot_hold c WHERE c.closes_hold_id = h.id)) BEGIN SELECT RAISE(ABORT, 'frontdesk:lot_hold_closes_an_open_one'); END
-- next
CREATE TRIGGER lot_hold_within_remaining BEFORE INSERT ON lot_hold WHEN NEW.closes_hold_id IS NULL AND NEW.credits > (SELECT b.remaining FROM lot_balance b WHERE b.lot_id = NEW.lot_id) - (SELECT COALESCE(SUM(h.credits), 0) FROM lot_hold h WHERE h.lot_id = NEW.lot_id AND h.closes_hold_id IS NULL AND NOT EXISTS (SELECT 1 FROM lot_hold c WHERE c.closes_hold_id = h.id)) BEGIN SELECT RAISE(ABORT, 'frontdesk:lot_hold_within_remaining'); END
-- next
CREATE TRIGGER command_no_update BEFORE UPDATE ON command WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:command_no_update'); END
-- next
CREATE TRIGGER client_merge_no_update BEFORE UPDATE ON client_merge WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:client_merge_no_update'); END
-- next
CREATE TRIGGER client_event_no_update BEFORE UPDATE ON client_event WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:client_event_no_update'); END
-- next
CREATE TRIGGER sale_no_update BEFORE UPDATE ON sale WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:sale_no_update'); END
-- next
CREATE TRIGGER sale_line_no_update BEFORE UPDATE ON sale_line WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:sale_line_no_update'); END
-- next
CREATE TRIGGER refund_no_update BEFORE UPDATE ON refund WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:refund_no_update'); END
-- next
CREATE TRIGGER refund_line_no_update BEFORE UPDATE ON refund_line WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:refund_line_no_update'); END
-- next
CREATE TRIGGER transaction_state_no_update BEFORE UPDATE ON transaction_state WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:transaction_state_no_update'); END
-- next
CREATE TRIGGER receipt_print_no_update BEFORE UPDATE ON receipt_print WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:receipt_print_no_update'); END
-- next
CREATE TRIGGER ledger_op_no_update BEFORE UPDATE ON ledger_op WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_op_no_update'); END
-- next
CREATE TRIGGER credit_lot_no_update BEFORE UPDATE ON credit_lot WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:credit_lot_no_update'); END
-- next
CREATE TRIGGER lot_term_no_update BEFORE UPDATE ON lot_term WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:lot_term_no_update'); END
-- next
CREATE TRIGGER lot_hold_no_update BEFORE UPDATE ON lot_hold WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:lot_hold_no_update'); END
-- next
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_entry_no_update'); END
-- next
CREATE TRIGGER visit_no_update BEFORE UPDATE ON visit WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:visit_no_update'); END
-- next
CREATE TRIGGER visit_event_no_update BEFORE UPDATE ON visit_event WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:visit_event_no_update'); END
-- next
CREATE TRIGGER import_batch_no_update BEFORE UPDATE ON import_batch WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:import_batch_no_update'); END
-- next
CREATE TRIGGER import_row_no_update BEFORE UPDATE ON import_row WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:import_row_no_update'); END
-- next
CREATE TRIGGER import_undo_no_update BEFORE UPDATE ON import_undo WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:import_undo_no_update'); END
-- next
CREATE TRIGGER package_version_no_update BEFORE UPDATE ON package_version WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:package_version_no_update'); END
-- next
CREATE TRIGGER command_no_delete BEFORE DELETE ON command WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:command_no_delete'); END
-- next
CREATE TRIGGER client_merge_no_delete BEFORE DELETE ON client_merge WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:client_merge_no_delete'); END
-- next
CREATE TRIGGER client_event_no_delete BEFORE DELETE ON client_event WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:client_event_no_delete'); END
-- next
CREATE TRIGGER sale_no_delete BEFORE DELETE ON sale WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:sale_no_delete'); END
-- next
CREATE TRIGGER sale_line_no_delete BEFORE DELETE ON sale_line WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:sale_line_no_delete'); END
-- next
CREATE TRIGGER refund_no_delete BEFORE DELETE ON refund WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:refund_no_delete'); END
-- next
CREATE TRIGGER refund_line_no_delete BEFORE DELETE ON refund_line WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:refund_line_no_delete'); END
-- next
CREATE TRIGGER transaction_state_no_delete BEFORE DELETE ON transaction_state WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:transaction_state_no_delete'); END
-- next
CREATE TRIGGER receipt_print_no_delete BEFORE DELETE ON receipt_print WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:receipt_print_no_delete'); END
-- next
CREATE TRIGGER ledger_op_no_delete BEFORE DELETE ON ledger_op WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_op_no_delete'); END
-- next
CREATE TRIGGER credit_lot_no_delete BEFORE DELETE ON credit_lot WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:credit_lot_no_delete'); END
-- next
CREATE TRIGGER lot_term_no_delete BEFORE DELETE ON lot_term WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:lot_term_no_delete'); END
-- next
CREATE TRIGGER lot_hold_no_delete BEFORE DELETE ON lot_hold WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:lot_hold_no_delete'); END
-- next
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_entry_no_delete'); END
-- next
CREATE TRIGGER visit_no_delete BEFORE DELETE ON visit WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:visit_no_delete'); END
-- next
CREATE TRIGGER visit_event_no_delete BEFORE DELETE ON visit_event WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:visit_event_no_delete'); END
-- next
CREATE TRIGGER import_batch_no_delete BEFORE DELETE ON import_batch WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:import_batch_no_delete'); END
-- next
CREATE TRIGGER import_row_no_delete BEFORE DELETE ON import_row WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:import_row_no_delete'); END
-- next
CREATE TRIGGER import_undo_no_delete BEFORE DELETE ON import_undo WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:import_undo_no_delete'); END
-- next
CREATE TRIGGER studio_no_delete BEFORE DELETE ON studio WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:studio_no_delete'); END
-- next
CREATE TRIGGER client_no_delete BEFORE DELETE ON client WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:client_no_delete'); END
-- next
CREATE TRIGGER note_no_delete BEFORE DELETE ON note WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:note_no_delete'); END
-- next
CREATE TRIGGER receipt_series_no_delete BEFORE DELETE ON receipt_series WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:receipt_series_no_delete'); END
-- next
CREATE TRIGGER money_transaction_no_delete BEFORE DELETE ON money_transaction WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:money_transaction_no_delete'); END
-- next
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:decision_no_delete'); END
-- next
CREATE TRIGGER client_head_no_delete BEFORE DELETE ON client_head WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:client_head_no_delete'); END
-- next
CREATE TRIGGER lot_balance_no_delete BEFORE DELETE ON lot_balance WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'frontdesk:lot_balance_no_delete'); END
-- next
CREATE TRIGGER command_no_replace BEFORE INSERT ON command WHEN EXISTS (SELECT 1 FROM command t WHERE t.command_id = NEW.command_id) BEGIN SELECT RAISE(ABORT, 'frontdesk:command_no_replace'); END
-- next
CREATE TRIGGER client_merge_no_replace BEFORE INSERT ON client_merge WHEN EXISTS (SELECT 1 FROM client_merge t WHERE t.ends_merge_id = NEW.ends_merge_id) OR EXISTS (SELECT 1 FROM client_merge t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:client_merge_no_replace'); END
-- next
CREATE TRIGGER client_event_no_replace BEFORE INSERT ON client_event WHEN EXISTS (SELECT 1 FROM client_event t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:client_event_no_replace'); END
-- next
CREATE TRIGGER sale_no_replace BEFORE INSERT ON sale WHEN EXISTS (SELECT 1 FROM sale t WHERE t.command_id = NEW.command_id) OR EXISTS (SELECT 1 FROM sale t WHERE t.id = NEW.id) OR EXISTS (SELECT 1 FROM sale t WHERE t.id = NEW.id AND t.client_id = NEW.client_id) OR EXISTS (SELECT 1 FROM sale t WHERE t.series = NEW.series AND t.number = NEW.number) BEGIN SELECT RAISE(ABORT, 'frontdesk:sale_no_replace'); END
-- next
CREATE TRIGGER sale_line_no_replace BEFORE INSERT ON sale_line WHEN EXISTS (SELECT 1 FROM sale_line t WHERE t.id = NEW.id) OR EXISTS (SELECT 1 FROM sale_line t WHERE t.id = NEW.id AND t.sale_id = NEW.sale_id) OR EXISTS (SELECT 1 FROM sale_line t WHERE t.sale_id = NEW.sale_id AND t.position = NEW.position) BEGIN SELECT RAISE(ABORT, 'frontdesk:sale_line_no_replace'); END
-- next
CREATE TRIGGER refund_no_replace BEFORE INSERT ON refund WHEN EXISTS (SELECT 1 FROM refund t WHERE t.command_id = NEW.command_id) OR EXISTS (SELECT 1 FROM refund t WHERE t.id = NEW.id) OR EXISTS (SELECT 1 FROM refund t WHERE t.series = NEW.series AND t.number = NEW.number) BEGIN SELECT RAISE(ABORT, 'frontdesk:refund_no_replace'); END
-- next
CREATE TRIGGER refund_line_no_replace BEFORE INSERT ON refund_line WHEN EXISTS (SELECT 1 FROM refund_line t WHERE t.id = NEW.id) OR EXISTS (SELECT 1 FROM refund_line t WHERE t.refund_id = NEW.refund_id AND t.sale_line_id = NEW.sale_line_id) BEGIN SELECT RAISE(ABORT, 'frontdesk:refund_line_no_replace'); END
-- next
CREATE TRIGGER transaction_state_no_replace BEFORE INSERT ON transaction_state WHEN EXISTS (SELECT 1 FROM transaction_state t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:transaction_state_no_replace'); END
-- next
CREATE TRIGGER receipt_print_no_replace BEFORE INSERT ON receipt_print WHEN EXISTS (SELECT 1 FROM receipt_print t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:receipt_print_no_replace'); END
-- next
CREATE TRIGGER ledger_op_no_replace BEFORE INSERT ON ledger_op WHEN EXISTS (SELECT 1 FROM ledger_op t WHERE t.client_id = NEW.client_id AND t.client_seq = NEW.client_seq) OR EXISTS (SELECT 1 FROM ledger_op t WHERE t.command_id = NEW.command_id AND t.client_id = NEW.client_id) OR EXISTS (SELECT 1 FROM ledger_op t WHERE t.id = NEW.id) OR EXISTS (SELECT 1 FROM ledger_op t WHERE t.id = NEW.id AND t.client_id = NEW.client_id) BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_op_no_replace'); END
-- next
CREATE TRIGGER credit_lot_no_replace BEFORE INSERT ON credit_lot WHEN EXISTS (SELECT 1 FROM credit_lot t WHERE t.id = NEW.id) OR EXISTS (SELECT 1 FROM credit_lot t WHERE t.id = NEW.id AND t.client_id = NEW.client_id) BEGIN SELECT RAISE(ABORT, 'frontdesk:credit_lot_no_replace'); END
-- next
CREATE TRIGGER lot_term_no_replace BEFORE INSERT ON lot_term WHEN EXISTS (SELECT 1 FROM lot_term t WHERE t.lot_id = NEW.lot_id AND t.seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'frontdesk:lot_term_no_replace'); END
-- next
CREATE TRIGGER lot_hold_no_replace BEFORE INSERT ON lot_hold WHEN EXISTS (SELECT 1 FROM lot_hold t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:lot_hold_no_replace'); END
-- next
CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry WHEN EXISTS (SELECT 1 FROM ledger_entry t WHERE t.id = NEW.id) OR EXISTS (SELECT 1 FROM ledger_entry t WHERE t.op_id = NEW.op_id AND t.lot_id = NEW.lot_id AND t.type = NEW.type) BEGIN SELECT RAISE(ABORT, 'frontdesk:ledger_entry_no_replace'); END
-- next
CREATE TRIGGER visit_no_replace BEFORE INSERT ON visit WHEN EXISTS (SELECT 1 FROM visit t WHERE t.id = NEW.id) OR EXISTS (SELECT 1 FROM visit t WHERE t.op_id = NEW.op_id) BEGIN SELECT RAISE(ABORT, 'frontdesk:visit_no_replace'); END
-- next
CREATE TRIGGER visit_event_no_replace BEFORE INSERT ON visit_event WHEN EXISTS (SELECT 1 FROM visit_event t WHERE t.id = NEW.id) OR EXISTS (SELECT 1 FROM visit_event t WHERE t.visit_id = NEW.visit_id AND t.kind = NEW.kind) BEGIN SELECT RAISE(ABORT, 'frontdesk:visit_event_no_replace'); END
-- next
CREATE TRIGGER import_batch_no_replace BEFORE INSERT ON import_batch WHEN EXISTS (SELECT 1 FROM import_batch t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:import_batch_no_replace'); END
-- next
CREATE TRIGGER import_row_no_replace BEFORE INSERT ON import_row WHEN EXISTS (SELECT 1 FROM import_row t WHERE t.batch_id = NEW.batch_id AND t.number = NEW.number) OR EXISTS (SELECT 1 FROM import_row t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:import_row_no_replace'); END
-- next
CREATE TRIGGER import_undo_no_replace BEFORE INSERT ON import_undo WHEN EXISTS (SELECT 1 FROM import_undo t WHERE t.batch_id = NEW.batch_id) BEGIN SELECT RAISE(ABORT, 'frontdesk:import_undo_no_replace'); END
-- next
CREATE TRIGGER studio_no_replace BEFORE INSERT ON studio WHEN EXISTS (SELECT 1 FROM studio t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:studio_no_replace'); END
-- next
CREATE TRIGGER client_no_replace BEFORE INSERT ON client WHEN EXISTS (SELECT 1 FROM client t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:client_no_replace'); END
-- next
CREATE TRIGGER note_no_replace BEFORE INSERT ON note WHEN EXISTS (SELECT 1 FROM note t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:note_no_replace'); END
-- next
CREATE TRIGGER receipt_series_no_replace BEFORE INSERT ON receipt_series WHEN EXISTS (SELECT 1 FROM receipt_series t WHERE t.series = NEW.series) BEGIN SELECT RAISE(ABORT, 'frontdesk:receipt_series_no_replace'); END
-- next
CREATE TRIGGER money_transaction_no_replace BEFORE INSERT ON money_transaction WHEN EXISTS (SELECT 1 FROM money_transaction t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:money_transaction_no_replace'); END
-- next
CREATE TRIGGER decision_no_replace BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM decision t WHERE t.id = NEW.id) BEGIN SELECT RAISE(ABORT, 'frontdesk:decision_no_replace'); END
-- next
CREATE TRIGGER client_head_no_replace BEFORE INSERT ON client_head WHEN EXISTS (SELECT 1 FROM client_head t WHERE t.client_id = NEW.client_id) BEGIN SELECT RAISE(ABORT, 'frontdesk:client_head_no_replace'); END
-- next
CREATE TRIGGER lot_balance_no_replace BEFORE INSERT ON lot_balance WHEN EXISTS (SELECT 1 FROM lot_balance t WHERE t.lot_id = NEW.lot_id) BEGIN SELECT RAISE(ABORT, 'frontdesk:lot_balance_no_replace'); END
-- next
CREATE TRIGGER package_version_no_replace BEFORE INSERT ON package_version WHEN EXISTS (SELECT 1 FROM package_version t WHERE t.id = NEW.id) OR EXISTS (SELECT 1 FROM package_version t WHERE t.package_id = NEW.package_id AND t.number = NEW.number) BEGIN SELECT RAISE(ABORT, 'frontdesk:package_version_no_replace'); END
-- next
CREATE TRIGGER client_opens_chain AFTER INSERT ON client BEGIN INSERT INTO client_head (client_id, seq, hash) VALUES (NEW.id, 0, ''); END
-- next
CREATE TRIGGER ledger_op_moves_head AFTER INSERT ON ledger_op BEGIN UPDATE client_head SET seq = NEW.client_seq, hash = NEW.hash WHERE client_id = NEW.client_id; END
-- next
CREATE TRIGGER ledger_entry_opens_balance AFTER INSERT ON ledger_entry WHEN NEW.type = 'grant' BEGIN INSERT INTO lot_balance (lot_id, client_id, credits, remaining) VALUES (NEW.lot_id, NEW.client_id, NEW.delta, NEW.delta); END
-- next
CREATE TRIGGER ledger_entry_moves_balance AFTER INSERT ON ledger_entry WHEN NEW.type <> 'grant' BEGIN UPDATE lot_balance SET remaining = remaining + NEW.delta, used = used - CASE WHEN NEW.type IN ('redeem', 'return') THEN NEW.delta ELSE 0 END, voided = voided - CASE WHEN NEW.type = 'void' OR NEW.undoes = 'voided' THEN NEW.delta ELSE 0 END, expired = expired - CASE WHEN NEW.type = 'expire' OR NEW.undoes = 'expired' THEN NEW.delta ELSE 0 END, removed = removed - CASE WHEN NEW.type = 'adjust_out' THEN NEW.delta ELSE 0 END, moved = moved - CASE WHEN NEW.type = 'transfer_out' THEN NEW.delta ELSE 0 END WHERE lot_id = NEW.lot_id; END
-- next
CREATE TRIGGER lot_term_sets_term AFTER INSERT ON lot_term BEGIN UPDATE lot_balance SET term_seq = NEW.seq, effective_at = NEW.effective_at, expires_at = NEW.expires_at WHERE lot_id = NEW.lot_id; END
-- next
CREATE TRIGGER transaction_state_sets_status AFTER INSERT ON transaction_state BEGIN UPDATE money_transaction SET status = NEW.status WHERE id = NEW.transaction_id; END
-- next
CREATE TRIGGER client_search_insert AFTER INSERT ON client BEGIN INSERT INTO client_search (rowid, text) VALUES (NEW.id, ' ' || NEW.name_folded || ' ' || NEW.email_folded || ' ' || NEW.phone_digits || ' ' || lower(COALESCE(NEW.member_code, ''))); END
-- next
CREATE TRIGGER client_search_update AFTER UPDATE OF name_folded, email_folded, phone_digits, member_code ON client BEGIN INSERT INTO client_search (client_search, rowid, text) VALUES ('delete', OLD.id, ' ' || OLD.name_folded || ' ' || OLD.email_folded || ' ' || OLD.phone_digits || ' ' || lower(COALESCE(OLD.member_code, ''))); INSERT INTO client_search (rowid, text) VALUES (NEW.id, ' ' || NEW.name_folded || ' ' || NEW.email_folded || ' ' || NEW.phone_digits || ' ' || lower(COALESCE(NEW.member_code, ''))); END
