"""How asking a model can fail. What asking again may mend is `Unavailable`, `RateLimited` or
`TimedOut` of `maestro.errors`; the rest is here, each with what to do about it."""

from maestro.errors import NodeError, ServiceRefused


class ModelRefused(NodeError):
    """The model declined for reasons of its own policy."""

    code = "model_refused"


class AnswerCut(NodeError):
    """The answer reached `max_tokens`."""

    code = "answer_cut"


class ContextFull(NodeError):
    """Prompt, tool results and answer do not fit into what the model can read."""

    code = "context_full"


class AnswerMisfit(NodeError):
    """The answer, asked for twice, is no JSON of the output schema; details name the places."""

    code = "answer_misfit"


class TurnsSpent(NodeError):
    """The model still called tools when `max_turns` was reached."""

    code = "turns_spent"


class LimitReached(NodeError):
    """The session has used what its agent or node allows; details name the limit."""

    code = "limit_reached"


class ToolNotAllowed(NodeError):
    """The model called what its agent does not allow; nothing was called."""

    code = "tool_not_allowed"


class UnknownStop(NodeError):
    """The model stopped for a reason that is not known here."""

    code = "unknown_stop_reason"


class UnknownModel(NodeError):
    """The far end has no model of that id, or not for this key."""

    code = "unknown_model"


class ModelWithoutPrice(NodeError):
    """No price is known, so the call was not made: it would count as free."""

    code = "model_without_price"


class UnusableSchema(NodeError):
    """The output schema cannot be asked for or checked."""

    code = "unusable_schema"


class KeyRefused(NodeError):
    """The far end does not take the API key."""

    code = "key_refused"


class SpendingStopped(NodeError):
    """The far end's account has no credit left, or a limit of spending was reached."""

    code = "spending_stopped"


class RequestRefused(ServiceRefused):
    """The far end does not take the request as it is."""

    code = "request_refused"
