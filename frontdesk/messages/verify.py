"""Wording of what a check of the books finds."""

from __future__ import annotations

_COPY = "Go back to the newest copy in which “frontdesk verify” finds nothing."
_REBUILD = "Run “frontdesk verify --rebuild”."
_REPORT = "Nothing can repair this by itself: compare with the newest good copy and correct it by an entry of its own."

MESSAGES: dict[str, str] = {
    # The ledger.
    "verify.grant": f"Client {{client_id}}, operation {{op}}: lot {{lot_id}} is for {{credits}} credits, but they were not granted by one entry of that operation (entries: {{expected}}). {_COPY}",
    "verify.below_zero": f"Client {{client_id}}, lot {{lot_id}} of operation {{op}}: its entries come to less than nothing ({{expected}}). {_COPY}",
    "verify.balance": f"Client {{client_id}}, lot {{lot_id}} of operation {{op}}: its entries come to {{expected}}, the balance kept says {{found}}. {_REBUILD}",
    "verify.term_missing": f"Client {{client_id}}, lot {{lot_id}}: one of its terms of use is missing; the balance kept knows {{found_seq}} of them. {_COPY}",
    "verify.term": f"Client {{client_id}}, lot {{lot_id}}: its newest term is number {{expected_seq}} and expires {{expected_at}}; the balance kept says number {{found_seq}}, expiring {{found_at}}. {_REBUILD}",
    "verify.tail_cut": f"Client {{client_id}}: operation {{op}} and what came after it are missing; {{found}} operations were written, {{expected}} are there. {_COPY}",
    "verify.head": f"Client {{client_id}}, operation {{op}}: the newest operation has the hash {{expected}}, the one kept beside the chain is {{found}}. {_COPY}",
    "verify.head_behind": f"Client {{client_id}}: {{expected}} operations are there, but only {{found}} are known beside the chain. {_REBUILD}",
    "verify.op_missing": f"Client {{client_id}}: operation {{op}} is missing from the chain. {_COPY}",
    "verify.op_changed": f"Client {{client_id}}, operation {{op}} ({{kind}}): something in it was changed. Its hash is {{expected}}, what stands there now has {{found}}. {_COPY}",
    "verify.chain_broken": f"Client {{client_id}}, operation {{op}} ({{kind}}): it does not follow the operation before it, which has been changed or exchanged. {_COPY}",
    "verify.out_of_order": f"Client {{client_id}}, operation {{op}} ({{kind}}): it was not written in this place of the chain. {_COPY}",
    "verify.op_unreadable": f"The operation with the internal number {{op_id}} cannot be read. {_COPY}",
    "verify.redeemed_outside": f"Client {{client_id}}, operation {{op}}: lot {{lot_id}} was used at {{found_at}}, but could be used from {{from_at}} until {{until_at}}. {_REPORT}",
    "verify.expired_early": f"Client {{client_id}}, operation {{op}}: lot {{lot_id}} was written off at {{found_at}}, but expired at {{expected_at}}. {_REPORT}",
    "verify.returned_too_much": f"Client {{client_id}}, operation {{op}}: {{found}} credits were returned to lot {{lot_id}}, but only {{expected}} had been taken. {_REPORT}",
    "verify.held_too_much": f"Client {{client_id}}, lot {{lot_id}}: {{found}} credits are set aside, but only {{expected}} are in it. {_REPORT}",
    "verify.hold_closed_wrongly": f"Client {{client_id}}, operation {{op}}: what it released on lot {{lot_id}} was not set aside there before (hold {{hold_id}}). {_COPY}",
    "verify.bonus_without_parent": f"Client {{client_id}}, operation {{op}}: the bonus lot {{lot_id}} does not belong to purchased credits of the same sale. {_COPY}",
    "verify.transfer_without_origin": f"Client {{client_id}}, operation {{op}}: the {{found}} credits of lot {{lot_id}} were transferred from nowhere. {_COPY}",
    "verify.visit_event": f"Client {{client_id}}, operation {{op}}: it settled or took back another visit than the one it names (visit {{visit_id}}). {_COPY}",
    "verify.command_without_operation": f"What was done at {{found_at}} ({{use_case}}) has left no operation in any chain. {_COPY}",
    "verify.note_changed": f"Client {{client_id}}, operation {{op}}: its reason is not the text that was given then. {_COPY}",
    "verify.note_missing": f"Client {{client_id}}, operation {{op}}: its reason is missing; an erased one would leave its place. {_COPY}",
    "verify.merged_into": f"Client {{client_id}}: merges and their undoings lead to client {{expected}}, the card says {{found}}. {_REBUILD}",
    "verify.merge_unwritten": f"Client {{client_id}}: a {{kind}} with client {{into_client_id}} at {{found_at}} is in the books, but nobody's command made it, or the cards know nothing of it. {_COPY}",
    # Sales and refunds.
    "verify.studio_missing": f"The studio itself, with its currency and time zone, is missing; {{clients}} clients and {{sales}} sales are there. {_COPY}",
    "verify.currency": f"Sale {{series}}-{{number}} of client {{client_id}}: it is in {{found}}, the studio counts in {{expected}}. {_COPY}",
    "verify.sale_sums": f"Sale {{series}}-{{number}} of client {{client_id}}: its lines come to {{expected}}, the sale says {{found}} (in minor units). {_COPY}",
    "verify.line_tax": f"Sale {{series}}-{{number}} of client {{client_id}}, line {{line}}: the tax should be {{expected}} and is {{found}} (in minor units). {_REPORT}",
    "verify.paid": f"Sale {{series}}-{{number}} of client {{client_id}}: it cost {{expected}}, its payments come to {{found}} (in minor units). {_COPY}",
    "verify.refund_sums": f"Refund {{series}}-{{number}} of client {{client_id}}: it is for {{expected}}, its parts come to {{found}} (in minor units). {_COPY}",
    "verify.refunded_beyond_payment": f"Payment {{payment_id}} of receipt {{receipt}} (client {{client_id}}): {{found}} went back of the {{expected}} received (in minor units). {_REPORT}",
    "verify.refunded_beyond_line": f"Sale {{series}}-{{number}} of client {{client_id}}, line {{line}}: {{found}} were refunded of the {{expected}} received (in minor units). {_REPORT}",
    "verify.refund_of_other_sale": f"Refund {{series}}-{{number}} of client {{client_id}}: it names line {{sale_line_id}}, which is of another sale. {_COPY}",
    "verify.receipt_gap": f"Receipt series {{series}} ({{kind}}): {{expected}} numbers were given, {{found}} receipts are there, beginning with {{first}}. {_COPY}",
    "verify.status": f"Receipt {{receipt}} of client {{client_id}} (transaction {{transaction_id}}): its newest state is {{expected}}, the list shows {{found}}. {_REBUILD}",
    "verify.status_changed": f"Receipt {{receipt}} of client {{client_id}} (transaction {{transaction_id}}): it was written as {{expected}} and never changed, the list shows {{found}}. {_COPY}",
    "verify.impossible_state": f"Receipt {{receipt}} of client {{client_id}} (transaction {{transaction_id}}, {{tender}}): it was marked as {{found}}, which cannot become of it, so money may have gone back twice. {_COPY}",
    "verify.failed_silently": f"Refund {{series}}-{{number}} of client {{client_id}}: {{expected}} of its parts are marked as failed, but the ledger knows of {{found}}. {_COPY}",
    "verify.sold_lots": f"Sale {{series}}-{{number}} of client {{client_id}}, line {{line}}: {{expected}} credits were sold, the client's lots hold {{found}}. {_COPY}",
    "verify.lot_of_other_sale": f"Client {{client_id}}, operation {{op}}: lot {{lot_id}} belongs to sale {{expected}}, but was granted for {{found}} or for other classes. {_COPY}",
    "verify.refunded_with_credits": f"Sale {{series}}-{{number}} of client {{client_id}}: all its money went back, and {{found}} of its credits can still be used. {_REPORT}",
    "verify.sale_without_operation": f"Sale {{series}}-{{number}} of client {{client_id}}: no operation of the ledger belongs to it. {_COPY}",
    "verify.refund_without_operation": f"Refund {{series}}-{{number}} of client {{client_id}}: no operation of the ledger belongs to it. {_COPY}",
    "verify.sale_changed": f"Sale {{series}}-{{number}} of client {{client_id}} (operation {{op}}): something on the receipt was changed. Its hash is {{expected}}, what stands there now has {{found}}. {_COPY}",
    "verify.refund_changed": f"Refund {{series}}-{{number}} of client {{client_id}} (operation {{op}}): something in it was changed. Its hash is {{expected}}, what stands there now has {{found}}. {_COPY}",
    # What waits for Stripe.
    "verify.refund_not_asked": f"Receipt {{receipt}} of client {{client_id}} (transaction {{transaction_id}}): a refund of {{amount}} (in minor units) waits for Stripe, but nothing is there that would ask for it, so it would wait for ever. {_COPY} What Stripe has refunded since, “frontdesk sync” brings in.",
    "verify.checkout_not_asked": "Client {client_id}: a sale of {amount} (in minor units) waits for Stripe since {found_at} (checkout {checkout_id}), but nothing is there that would ask for its payment, so it would wait for ever. Cancel it under Payments, and begin the sale anew.",
    # The file.
    "verify.pages": f"The file itself is damaged: {{detail}}. {_COPY}",
    "verify.reference": f"In {{table}}, row {{row}}: it refers to a row of {{parent}} that does not exist. {_COPY}",
    "verify.row_missing": f"Rows of {{table}} are missing: {{expected}} were written, {{found}} are there. {_COPY}",
    "verify.safeguard_missing": f"The safeguard {{name}} is missing, so the books could have been changed. {_COPY}",
    "verify.safeguard_changed": f"The safeguard {{name}} is switched off or not as it should be, so the books could have been changed. {_COPY}",
    "verify.search_index": f"The search box does not know client {{client_id}} as the cards do. {_REBUILD}",
    "verify.unreadable": f"A part of the file cannot be read ({{kind}}: {{detail}}). {_COPY}",
    "verify.more": "There is more of this kind ({kind}) than the {shown} that are named here. Settle those, then check again.",
    # Making the caches anew.
    "verify.cannot_rebuild": "The ledger or the money themselves are not as they were written (findings: {count}, the first: {first}), so nothing was made anew from them. Look at each, or go back to the newest good copy.",
}
