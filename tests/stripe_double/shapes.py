"""Objects as Stripe shows them, with every field that the program may look at."""

from tests.stripe_double.account import Account
from tests.stripe_double.types import Obj

NO_ADDRESS = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def _head(account: Account, object_id: str, kind: str) -> Obj:
    return {"id": object_id, "object": kind, "created": account.now(), "livemode": account.livemode}


def product(account: Account, object_id: str, name: str) -> Obj:
    """A product without a price."""
    return {
        **_head(account, object_id, "product"),
        "active": True,
        "default_price": None,
        "description": None,
        "images": [],
        "marketing_features": [],
        "metadata": {},
        "name": name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "unit_label": None,
        "updated": account.now(),
        "url": None,
    }


def price(account: Account, object_id: str, product_id: str, amount: int | None, currency: str) -> Obj:
    """A price that is paid once."""
    return {
        **_head(account, object_id, "price"),
        "active": True,
        "billing_scheme": "per_unit",
        "currency": currency,
        "custom_unit_amount": None,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product_id,
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": None if amount is None else str(amount),
    }


def line_item(object_id: str, price_shown: Obj, quantity: int, description: str) -> Obj:
    """One line of a session or a link."""
    total = (price_shown["unit_amount"] or 0) * quantity
    return {
        "id": object_id,
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price_shown["currency"],
        "description": description,
        "price": price_shown,
        "quantity": quantity,
    }


def payment_link(account: Account, object_id: str, currency: str) -> Obj:
    """A link that is open for everybody."""
    mode = "" if account.livemode else "test_"
    return {
        "id": object_id,
        "object": "payment_link",
        "active": True,
        "after_completion": {"hosted_confirmation": {"custom_message": None}, "type": "hosted_confirmation"},
        "allow_promotion_codes": False,
        "application": None,
        "application_fee_amount": None,
        "application_fee_percent": None,
        "automatic_tax": {"enabled": False, "liability": None},
        "billing_address_collection": "auto",
        "consent_collection": None,
        "currency": currency,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer_creation": "if_required",
        "inactive_message": None,
        "invoice_creation": None,
        "livemode": account.livemode,
        "metadata": {},
        "on_behalf_of": None,
        "optional_items": None,
        "payment_intent_data": None,
        "payment_method_collection": "always",
        "payment_method_types": None,
        "phone_number_collection": {"enabled": False},
        "restrictions": None,
        "shipping_address_collection": None,
        "shipping_options": [],
        "submit_type": "auto",
        "subscription_data": None,
        "tax_id_collection": {"enabled": False, "required": "never"},
        "transfer_data": None,
        "url": f"https://buy.stripe.com/{mode}{object_id[-18:]}",
    }


def session(account: Account, object_id: str, total: int, currency: str) -> Obj:
    """An open Checkout Session."""
    return {
        **_head(account, object_id, "checkout.session"),
        "adaptive_pricing": None,
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": None,
        "client_reference_id": None,
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": None,
        "customer_creation": "if_required",
        "customer_details": None,
        "customer_email": None,
        "discounts": [],
        "expires_at": account.now() + 86400,
        "invoice": None,
        "invoice_creation": None,
        "locale": None,
        "metadata": {},
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid" if total else "no_payment_required",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": None,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"https://checkout.stripe.com/c/pay/{object_id}",
        "wallet_options": None,
    }


def payment_intent(account: Account, object_id: str, amount: int, currency: str) -> Obj:
    """A payment that waits for its method."""
    return {
        **_head(account, object_id, "payment_intent"),
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{object_id}_secret_{object_id[-12:]}",
        "confirmation_method": "automatic",
        "currency": currency,
        "customer": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }


def charge(account: Account, object_id: str, amount: int, currency: str) -> Obj:
    """A charge that succeeded, by card."""
    return {
        **_head(account, object_id, "charge"),
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {
            "address": dict(NO_ADDRESS),
            "email": None,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": "STUDIO DOUBLE",
        "captured": True,
        "currency": currency,
        "customer": None,
        "description": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "metadata": {},
        "on_behalf_of": None,
        "outcome": outcome(),
        "paid": True,
        "payment_intent": None,
        "payment_method": None,
        "payment_method_details": card_details(),
        "radar_options": {},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": f"https://pay.stripe.com/receipts/payment/{object_id}?s=ap",
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded",
        "transfer_data": None,
        "transfer_group": None,
    }


def outcome(declined: str | None = None) -> Obj:
    """How the network answered."""
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": declined,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank declined the payment." if declined else "Payment complete.",
        "type": "issuer_declined" if declined else "authorized",
    }


def card_details(last4: str = "4242", brand: str = "visa") -> Obj:
    """A card typed into a page."""
    return {
        "card": {
            "amount_authorized": None,
            "authorization_code": None,
            "brand": brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": "US",
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": "Xt5EWLLDS7FJjR1c",
            "funding": "credit",
            "installments": None,
            "last4": last4,
            "mandate": None,
            "network": brand,
            "network_token": None,
            "network_transaction_id": "104102978678771",
            "three_d_secure": None,
            "wallet": None,
        },
        "type": "card",
    }


def sepa_details() -> Obj:
    """A debit that takes days."""
    return {
        "sepa_debit": {
            "bank_code": "37040044",
            "branch_code": None,
            "country": "DE",
            "fingerprint": "Xt5EWLLDS7FJjR1d",
            "last4": "3000",
            "mandate": None,
        },
        "type": "sepa_debit",
    }


def card_present_details(reader_id: str | None, location_id: str | None) -> Obj:
    """A card held to a reader."""
    card: Obj = {
        "amount_authorized": None,
        "brand": "visa",
        "brand_product": None,
        "cardholder_name": None,
        "country": "US",
        "description": None,
        "emv_auth_data": None,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": "Xt5EWLLDS7FJjR1e",
        "funding": "credit",
        "generated_card": None,
        "incremental_authorization_supported": False,
        "issuer": None,
        "last4": "9969",
        "network": "visa",
        "network_transaction_id": "104102978678772",
        "offline": None,
        "overcapture_supported": False,
        "preferred_locales": None,
        "read_method": "contactless_emv",
        "receipt": None,
    }
    if reader_id:
        card["reader"] = reader_id
    if location_id:
        card["location"] = location_id
    return {"card_present": card, "type": "card_present"}
