"""Graphs drawn at random from a seed: most of them nearly right, many of them not quite."""

from random import Random
from typing import Any

from scores.document import EdgeDocument, GraphDocument, NodeDocument

from .graphs import branch, find, llm, map_over, parallel, step, subscore

PORTS = ["success", "success", "success", "exists", "not_found", "item", "yes", "else", "left"]
PORTS += ["right", "approved", "refused", "on_error", "no_such_port"]
OWN_PORTS = {
    "branch": ["yes", "else"],
    "parallel": ["left", "right"],
    "gate": ["approved", "refused", "expired"],
}
FIELDS = ["a", "b.c", "items", "d", "..", "email"]


def generated(seed: int) -> GraphDocument:
    """The same graph for the same seed."""
    return _Draw(Random(seed)).graph()


class _Draw:
    def __init__(self, random: Random) -> None:
        self.random = random

    def graph(self) -> GraphDocument:
        keys = [f"n{number}" for number in range(self.random.randint(1, 9))]
        self.bodies = self._bodies(keys)
        nodes = [self._node(key, keys) for key in keys]
        if self._seldom(40):
            nodes.append(self.random.choice(nodes))
        edges = [self._edge(nodes) for _ in range(self.random.randint(0, len(keys) + 3))]
        edges += [
            self._into_body(owner, key) for owner, body in self.bodies.items() for key in body
        ]
        self.random.shuffle(edges)
        if not self._seldom(20):
            edges = list({(e.source, e.from_port, e.target): e for e in edges}.values())
        return GraphDocument(nodes=nodes, edges=edges)

    def _bodies(self, keys: list[str]) -> dict[str, list[str]]:
        """Maps at the front hold later nodes; now and then one of another's, or one that is none."""
        bodies: dict[str, list[str]] = {}
        free = keys[:]
        while len(free) > 1 and self.random.random() < 0.35:
            owner = free.pop(0)
            size = self.random.randint(1, min(3, len(free)))
            bodies[owner] = self.random.sample(free, size)
            if not self._seldom(10):
                free = [key for key in free if key not in bodies[owner] or self._seldom(4)]
            if self._seldom(25):
                bodies[owner].append(self.random.choice([*keys, "nobody"]))
        return bodies

    def _node(self, key: str, keys: list[str]) -> NodeDocument:
        config = self._config()
        if key in self.bodies:
            return map_over(key, *self.bodies[key], **config)
        draw = self.random.randrange(12)
        if draw == 0:
            return branch(key, "yes", **config)
        if draw == 1:
            return parallel(key, "left", "right", **config)
        if draw == 2:
            gate = {"key": key, "kind": "control", "subkind": "gate", "config": config}
            return NodeDocument.model_validate(gate)
        if draw == 3:
            return llm(key, config=config)
        if draw == 4:
            return subscore(key, "sc_1", config=config)
        if draw in (5, 6):
            return find(key, config=config)
        if draw == 7 and self._seldom(4):
            return step(key, skill="no", operation="such", config=config)
        return step(key, config=config)

    def _config(self) -> dict[str, Any]:
        config: dict[str, Any] = {}
        if self._seldom(3):
            config["join"] = self.random.choice(["any", "all", "all", 1, 2])
        if self._seldom(5):
            config["max_passes"] = self.random.randint(1, 3)
        if self._seldom(30):
            config["ends"] = [self.random.choice(PORTS)]
        if self._seldom(60):
            config["odd"] = 1
        return config

    def _edge(self, nodes: list[NodeDocument]) -> EdgeDocument:
        source, target = self._ends(nodes)
        return EdgeDocument(
            source=source.key if not self._seldom(80) else "nobody",
            from_port=self.random.choice(PORTS) if self._seldom(20) else self._own_port(source),
            target=target.key,
            transform={self.random.choice(FIELDS): self.random.choice(FIELDS)}
            if self._seldom(12)
            else None,
            order=self.random.randint(0, 5),
        )

    def _ends(self, nodes: list[NodeDocument]) -> tuple[NodeDocument, NodeDocument]:
        """Mostly of one body and forwards."""
        first, second = self.random.randrange(len(nodes)), self.random.randrange(len(nodes))
        if self._owner(nodes[first].key) != self._owner(nodes[second].key) and not self._seldom(8):
            second = first
        if first > second or (first == second and not self._seldom(8)):
            first, second = second, min(first + 1, len(nodes) - 1)
        if self._seldom(10):
            first, second = second, first
        return nodes[first], nodes[second]

    def _owner(self, key: str) -> str | None:
        return next((owner for owner, body in self.bodies.items() if key in body), None)

    def _own_port(self, node: NodeDocument) -> str:
        if node.operation == "find_contact":
            return self.random.choice(["exists", "not_found"])
        return self.random.choice(OWN_PORTS.get(node.subkind, ["success"]))

    def _into_body(self, owner: str, key: str) -> EdgeDocument:
        return EdgeDocument(source=owner, from_port="item", target=key, order=9)

    def _seldom(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0
