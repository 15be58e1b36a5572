"""An edge of the newest saved graph."""

from django.db import models
from django.db.models import Q

from maestro.fields import id_field

from .node import Node
from .score import Score


class Edge(models.Model):
    """Carries the output that leaves `from_port` of one node into a port of another.

    Both ends are of the edge's own score: composite keys in the migration
    `references_that_refuse` hold that.
    """

    id = id_field("ed")
    score = models.ForeignKey(Score, models.CASCADE, related_name="edges")
    from_node = models.ForeignKey(
        Node, models.CASCADE, related_name="edges_out", db_constraint=False
    )
    from_port = models.CharField(max_length=80, default="success")
    to_node = models.ForeignKey(Node, models.CASCADE, related_name="edges_in", db_constraint=False)
    to_port = models.CharField(max_length=80, default="default")
    transform = models.JSONField(null=True, blank=True)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "score_edges"
        ordering = ["score", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["score", "from_node", "from_port", "to_node", "to_port"],
                name="one_edge_per_pair_of_ports",
            ),
            models.CheckConstraint(
                condition=~Q(from_port="") & ~Q(to_port=""), name="edge_ports_have_names"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_node_id}.{self.from_port} → {self.to_node_id}"
