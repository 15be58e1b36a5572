"""What a model costs: integer micro-dollars per million tokens."""

from collections.abc import Iterable
from datetime import date

from django.db import models

from maestro.prepared import ask

# In the order of the model's fields; each start that may ask a model asks it.
IN_FORCE = """
select distinct on (model, prompt_tokens_from)
       id, model, valid_from, prompt_tokens_from, input, output, cache_write_5m, cache_write_1h,
       cache_read, batch_percent
  from model_pricing where model = any(%(models)s) and valid_from <= %(day)s
 order by model, prompt_tokens_from, valid_from desc"""


class ModelPriceManager(models.Manager["ModelPrice"]):
    def in_force(self, named: Iterable[str], day: date) -> dict[str, list["ModelPrice"]]:
        """By model, for each of its bands the newest price valid on `day`; a model without any is
        left out. A band goes on until a price for that band follows."""
        found: dict[str, list[ModelPrice]] = {}
        for row in ask(IN_FORCE, {"models": list(named), "day": day}):
            price = ModelPrice(*row)
            found.setdefault(price.model, []).append(price)
        return found


class ModelPrice(models.Model):
    """A model's prices from a day on, for prompts of a length band.

    Prices are micro-dollars per million tokens: $3.00 per million is 3,000,000.
    """

    model = models.CharField(max_length=120)
    valid_from = models.DateField()
    prompt_tokens_from = models.PositiveIntegerField(
        default=0, help_text="The band begins at this prompt length (tokens)."
    )
    input = models.BigIntegerField()
    output = models.BigIntegerField()
    cache_write_5m = models.BigIntegerField()
    cache_write_1h = models.BigIntegerField()
    cache_read = models.BigIntegerField()
    batch_percent = models.PositiveSmallIntegerField(default=50)

    objects = ModelPriceManager()

    class Meta:
        db_table = "model_pricing"
        ordering = ["model", "-valid_from", "prompt_tokens_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "valid_from", "prompt_tokens_from"], name="one_price_per_band"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    input__gte=0,
                    output__gte=0,
                    cache_write_5m__gte=0,
                    cache_write_1h__gte=0,
                    cache_read__gte=0,
                ),
                name="prices_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(batch_percent__lte=100), name="batch_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} from {self.valid_from}"
