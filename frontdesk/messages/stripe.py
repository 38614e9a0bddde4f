"""Wording for Stripe: its account, its key, and how a call to it can end."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "stripe.currency_unsure": "How Stripe counts {currency} is not certain, so nothing is sold by Stripe in it. Sell at the desk instead.",
    "stripe.amount_not_whole": "Stripe cannot charge {amount}: only multiples of {step}. Change the price.",
    "stripe.amount_odd": "Stripe named {amount} as an amount in {currency}, which is not whole in the books. Look at it in Stripe's dashboard.",
    "stripe.amount_too_small": "Stripe charges {least} or more. Raise the price, or sell it at the desk alone.",
    "stripe.amount_too_large": "Stripe charges {most} or less at once. Lower the price, or sell it at the desk alone.",
    "stripe.not_ready": "The books are not open yet. Wait a moment, then try again.",
    "stripe.not_connected": "This studio is not connected to Stripe. Connect it under Settings, Payments.",
    # How a call can end
    "stripe.no_answer": "The network broke off before Stripe answered, so it is not known whether it was done. Frontdesk asks again until it knows; do nothing twice.",
    "stripe.odd_answer": "Something between this computer and Stripe answered in its place. Sign in to the network if it asks for that. Frontdesk tries again.",
    "stripe.server_error": "Stripe has trouble of its own, so it is not known whether it was done. Frontdesk asks again until it knows; do nothing twice.",
    "stripe.key_reused": "Stripe knows this request with other contents: “{said}”. Frontdesk looks at Stripe for what was made; do nothing twice.",
    "stripe.not_reached": "Stripe cannot be reached. Look at the network of this computer. What waits is sent as soon as it is back.",
    "stripe.key_not_proved": "Stripe cannot be reached, so the key was not put in. Look at the network of this computer, then try again.",
    "stripe.intercepted": "The network shows a false certificate for Stripe, so nothing was sent. Sign in to the network, use another one, or ask who runs it.",
    "stripe.busy": "Stripe is busy just now. Frontdesk tries again in a moment.",
    "stripe.key_revoked": "Stripe does not accept this key any more: “{said}”. Make a new one at Stripe, and put it in under Settings, Payments. What waits is kept.",
    "stripe.permission_missing": "The key may not do this: it lacks the permission {permission}. Edit the key at Stripe, then check it again under Settings, Payments.",
    "stripe.not_permitted": "Stripe does not allow this: “{said}”. Look at the account and its keys in Stripe's dashboard.",
    "stripe.declined": "Stripe refused: “{said}”. Change what it names and try again.",
    "stripe.no_certificates": "The certificates of Stripe's library are missing ({path}). Install Frontdesk again.",
    "stripe.base_refused": "{variable} names {base}, which is not this computer. Unset it, or name an address such as http://127.0.0.1:8080.",
    "stripe.key_unusable": "This key holds characters that no key has. Copy it from Stripe again and paste it as it is.",
    # Its keys
    "stripe.key_publishable": "This is a public key, which cannot do anything here. Copy the restricted key (it begins with rk_) from Stripe instead.",
    "stripe.key_several": "This is more than one key. Paste one alone.",
    "stripe.key_unreadable": "This is no key of Stripe's: one begins with rk_live_ or rk_test_ and is shown whole only once, when it is made. Make a new one and copy it whole.",
    "stripe.no_key": "This computer does not have the key of the studio's Stripe account. Put it in under Settings, Payments.",
    "stripe.key_refused": "Stripe does not accept this key: “{said}”. Copy it from Stripe again and paste it whole, or make a new one.",
    "stripe.test_key_in_studio": "This is a key of Stripe's test mode, and this studio takes real money. To try Stripe, use a copy of the studio. Else paste a key that begins with rk_live_.",
    "stripe.live_key_in_copy": "This key moves real money, and these books are only for trying. Paste a key of Stripe's test mode, which begins with rk_test_.",
    "stripe.another_account": "This key is of the Stripe account {found}, and these books belong to the account {expected}. Use a key of that account.",
    "stripe.other_mode": "This key is of the other mode of Stripe (test or live) than what these books are connected with. Use a key of the same mode as before.",
    "stripe.key_unrestricted": "This key may do everything with the account. Better make a restricted one (rk_); to use this one all the same, say so here.",
    # The copy for trying
    "trial.is_copy": "These books are for trying already. Put a test key in right here.",
    "trial.on_server": "The books are on a server, of which no copy is made here. To try Stripe, start the demo studio (frontdesk --demo) and put a test key in there.",
    "trial.cannot_make": "The copy cannot be put into {path}: {detail}. Make room or give this user the right to write there, then try again.",
    "trial.cannot_open": "The copy is made, but the program could not be started on it. Start it by hand: frontdesk --home “{path}”.",
    "trial.is_open": "The copy is open. Close its window first, then make a new one.",
}
