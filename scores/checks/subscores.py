"""May the scores that nodes hold be held there?"""

from collections.abc import Iterator

from maestro.errors import InvalidScore
from scores.document import GraphDocument
from scores.models import Score
from scores.subscores import Tree, subscore_nodes

from .issue import Issue, error


def check_subscores(document: GraphDocument, score: Score) -> Iterator[Issue]:
    """No score holds itself, at any depth, nor more levels than are allowed."""
    tree = Tree(score.workspace)
    for node in subscore_nodes(document):
        try:
            tree.follow(node, (score,))
        except InvalidScore as refusal:
            message = f"{node.key}: {refusal} Choose another score."
            yield error("subscore_in_itself", message, node)
