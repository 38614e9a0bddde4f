"""Objects as Stripe shows them: those about money on its way, people and readers."""

from tests.stripe_double.account import Account
from tests.stripe_double.types import Obj


def customer(account: Account, object_id: str) -> Obj:
    """A customer of whom nothing is known."""
    return {
        "id": object_id,
        "object": "customer",
        "created": account.now(),
        "livemode": account.livemode,
        "address": None,
        "balance": 0,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": object_id[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def balance_transaction(
    account: Account, object_id: str, type: str, amount: int, fee: int, currency: str
) -> Obj:
    """Money that came or went; it is available after two days."""
    fees = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    return {
        "id": object_id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": account.now() + 2 * 86400,
        "balance_type": "payments",
        "created": account.now(),
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees if fee else [],
        "net": amount - fee,
        "reporting_category": type,
        "source": None,
        "status": "pending",
        "type": type,
    }


def refund(account: Account, object_id: str, amount: int, currency: str) -> Obj:
    """A refund that was sent."""
    return {
        "id": object_id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": None,
        "created": account.now(),
        "currency": currency,
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": {},
        "payment_intent": None,
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


_EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure "
    "cancellation_rebuttal customer_communication customer_email_address customer_name "
    "customer_purchase_ip customer_signature duplicate_charge_documentation "
    "duplicate_charge_explanation duplicate_charge_id product_description receipt refund_policy "
    "refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number "
    "uncategorized_file uncategorized_text "
)


def dispute(account: Account, object_id: str, amount: int, currency: str) -> Obj:
    """A dispute that waits for the studio."""
    evidence: Obj = dict.fromkeys(_EVIDENCE.split())
    return {
        "id": object_id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": None,
        "created": account.now(),
        "currency": currency,
        "enhanced_eligibility_types": [],
        "evidence": {**evidence, "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": account.now() + 9 * 86400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": account.livemode,
        "metadata": {},
        "payment_intent": None,
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "case_type": "chargeback",
                "network": "visa",
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": "fraudulent",
        "status": "needs_response",
    }


def payout(account: Account, object_id: str, amount: int, currency: str) -> Obj:
    """Money on its way to the bank."""
    return {
        "id": object_id,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": account.now() + 2 * 86400,
        "automatic": True,
        "balance_transaction": None,
        "created": account.now(),
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": account.livemode,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "trace_id": None,
        "type": "bank_account",
    }


def location(account: Account, object_id: str, name: str, address: Obj) -> Obj:
    """A place with readers."""
    blank: Obj = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {
        "id": object_id,
        "object": "terminal.location",
        "address": {**blank, **address},
        "display_name": name,
        "livemode": account.livemode,
        "metadata": {},
    }


def reader(account: Account, object_id: str, device_type: str, label: str, location_id: str | None) -> Obj:
    """A reader that is on; `last_seen_at` is in milliseconds."""
    return {
        "id": object_id,
        "object": "terminal.reader",
        "action": None,
        "device_sw_version": "2.34.5.0",
        "device_type": device_type,
        "ip_address": "192.168.2.2",
        "label": label,
        "last_seen_at": account.now() * 1000,
        "livemode": account.livemode,
        "location": location_id,
        "metadata": {},
        "serial_number": f"{object_id[-9:].upper()}",
        "status": "online",
    }


def account(owner: Account) -> Obj:
    """The account itself."""
    return {
        "id": owner.id,
        "object": "account",
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "mcc": "7997",
            "minority_owned_business_designation": None,
            "name": owner.name,
            "product_description": None,
            "support_address": None,
            "support_email": None,
            "support_phone": None,
            "support_url": None,
            "url": None,
        },
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "created": 1700000000,
        "default_currency": owner.currency,
        "details_submitted": True,
        "email": "owner@studio.example",
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }
