"""Errors as Stripe writes them."""

from typing import Any

#: Refused before the endpoint began, so Stripe keeps nothing under the idempotency key.
_VALIDATION = ("parameter_", "amount_too_", "url_invalid", "email_invalid")


class StripeError(Exception):
    """An answer other than 200. It carries what the body says."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        said = {"code": code, "message": message, "param": param, "type": type, **more}
        self.error: dict[str, Any] = {key: value for key, value in said.items() if value is not None}

    @property
    def code(self) -> str:
        """Stripe's short name of the error, or nothing."""
        return str(self.error.get("code", ""))

    @property
    def is_stored(self) -> bool:
        """Whether an idempotency key keeps this answer."""
        return not self.code.startswith(_VALIDATION)

    def body(self, request_id: str, account_id: str, livemode: bool) -> dict[str, Any]:
        """The body of the answer."""
        error = dict(self.error)
        if self.code:
            error["doc_url"] = "https://stripe.com/docs/error-codes/" + self.code.replace("_", "-")
        mode = "" if livemode else "/test"
        logs = f"https://dashboard.stripe.com/{account_id}{mode}/workbench/logs"
        error["request_log_url"] = f"{logs}?object={request_id}"
        return {"error": error}


def invalid(message: str, param: str | None = None, code: str | None = None, **more: Any) -> StripeError:
    """A 400 that names the parameter."""
    return StripeError(400, message, param=param, code=code, **more)


def no_such(kind: str, object_id: str, param: str, status: int, other_mode: str | None = None) -> StripeError:
    """`resource_missing`, with a word on the other mode when the object is there."""
    message = f"No such {kind}: '{object_id}'"
    if other_mode == "live":
        message += (
            "; a similar object exists in live mode, but a test mode key was used to make this request."
        )
    elif other_mode == "test":
        message += (
            "; a similar object exists in test mode, but a live mode key was used to make this request."
        )
    return StripeError(status, message, code="resource_missing", param=param)


def api_error(message: str = "Something went wrong on Stripe's end.", **headers: str) -> StripeError:
    """A 500."""
    return StripeError(500, message, type="api_error", headers=headers)


def key_in_use(key: str) -> StripeError:
    """A 409: the same idempotency key is being worked on."""
    return StripeError(
        409,
        f"There is currently another in-progress request using this Idempotent Key ({key}) (that probably "
        "means you submitted twice, and the other request is still going through): please try again later.",
        type="idempotency_error",
        code="idempotency_key_in_use",
        headers={"Stripe-Should-Retry": "true"},
    )


def rate_limited(reason: str, retry_after: int | None = None) -> StripeError:
    """A 429, before anything was looked at."""
    headers = {"Stripe-Rate-Limited-Reason": reason}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return StripeError(
        429,
        "Request rate limit exceeded. You can learn more about rate limits here "
        "https://stripe.com/docs/rate-limits.",
        code="rate_limit",
        headers=headers,
    )


def lock_timeout(retry_after: int | None = None) -> StripeError:
    """A 429 because another request holds the object."""
    headers = {"Stripe-Rate-Limited-Reason": "resource-specific", "Stripe-Should-Retry": "true"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return StripeError(
        429,
        "This object cannot be accessed right now because another API request or Stripe process is currently "
        "accessing it. If you see this error intermittently, retry the request.",
        code="lock_timeout",
        headers=headers,
    )
