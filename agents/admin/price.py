"""What models cost."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from agents.models import ModelPrice
from maestro.numbers import amount, money
from maestro.workspaces.desk import ScopedAdmin, number, seat_of

PRICES = ["input", "output", "cache_write_5m", "cache_write_1h", "cache_read"]


@admin.register(ModelPrice)
class ModelPriceAdmin(ScopedAdmin):
    """Prices count for the whole installation: everyone may look, a superuser writes."""

    list_display = [
        "model",
        "from_day",
        "from_tokens",
        *(f"{name}_price" for name in PRICES),
    ]
    list_filter = ["model"]
    search_fields = ["model"]
    ordering = ["model", "-valid_from", "prompt_tokens_from"]
    fields = [
        "model",
        ("valid_from", "prompt_tokens_from"),
        ("input", "output"),
        ("cache_write_5m", "cache_write_1h"),
        ("cache_read", "batch_percent"),
    ]
    empty_text = "A model without a price cannot be called: its cost would be unknown."

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelPrice]:
        return ModelPrice.objects.all() if seat_of(request) else ModelPrice.objects.none()

    def may_edit(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    @admin.display(description="From", ordering="valid_from")
    def from_day(self, price: ModelPrice) -> str:
        return price.valid_from.isoformat()

    @admin.display(description="Tokens from", ordering="prompt_tokens_from")
    def from_tokens(self, price: ModelPrice) -> SafeString:
        return number(amount(price.prompt_tokens_from))

    @admin.display(description="Input per M", ordering="input")
    def input_price(self, price: ModelPrice) -> SafeString:
        return number(money(price.input))

    @admin.display(description="Output", ordering="output")
    def output_price(self, price: ModelPrice) -> SafeString:
        return number(money(price.output))

    @admin.display(description="Write 5 min", ordering="cache_write_5m")
    def cache_write_5m_price(self, price: ModelPrice) -> SafeString:
        return number(money(price.cache_write_5m))

    @admin.display(description="Write 1 h", ordering="cache_write_1h")
    def cache_write_1h_price(self, price: ModelPrice) -> SafeString:
        return number(money(price.cache_write_1h))

    @admin.display(description="Cache read", ordering="cache_read")
    def cache_read_price(self, price: ModelPrice) -> SafeString:
        return number(money(price.cache_read))
