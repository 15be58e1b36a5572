"""A graph as forms: one per node, one per edge. What they say is checked as a whole, by the save."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from agents.skills.operation import Operation
from agents.skills.registry import skills
from maestro.workspaces.desk import JSONText
from scores.models import Edge, Kind, Node, OnError, Subkind

from .late import LateSelect

PLAYS = {
    "deterministic": "Code: an operation",
    "llm": "Model: an agent",
    **{
        f"control:{subkind}": f"Control: {subkind.replace('_', ' ')}"
        for subkind in sorted(Subkind.values)
    },
}


class Unchecked(forms.ModelForm):  # type: ignore[type-arg]
    """A part of a graph: its row is neither checked nor saved by itself."""

    def _post_clean(self) -> None:
        pass


class NodeForm(Unchecked):
    key = forms.RegexField(
        r"^[a-z][a-z0-9_]*$",
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
        error_messages={"invalid": "A key is a word like find_contact."},
    )
    plays = forms.ChoiceField(widget=LateSelect("plays"), label="Plays")
    operation = forms.ChoiceField(required=False, widget=LateSelect("operation"))
    agent = forms.ChoiceField(required=False, widget=LateSelect("agent"))
    subscore = forms.ChoiceField(
        required=False, widget=LateSelect("subscore"), label="Score of a subscore"
    )
    config = JSONText(shape=dict, required=False)
    input_schema = JSONText(shape=dict, required=False)
    retry = JSONText(shape=dict, required=False, help_text='Like {"attempts": 3}.')
    on_error = forms.ChoiceField(choices=OnError.choices, widget=UnfoldAdminSelectWidget)
    order = forms.IntegerField(required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget)

    class Meta:
        model = Node
        fields = [
            "key",
            "label",
            "config",
            "input_schema",
            "retry",
            "timeout_seconds",
            "on_error",
            "order",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        node = self.instance
        plays = dict(PLAYS)
        if node.kind:
            chosen = f"{node.kind}:{node.subkind}" if node.subkind else str(node.kind)
            plays.setdefault(chosen, f"Control: {node.subkind}")
            self.initial.update(
                plays=chosen, agent=node.agent_id or "", subscore=node.subscore_id or ""
            )
            self.initial["operation"] = f"{node.skill}.{node.operation}" if node.skill else ""
        self.fields["plays"].choices = list(plays.items())  # type: ignore[attr-defined]
        self.fields["operation"].choices = operations(self.initial.get("operation"))  # type: ignore[attr-defined]

    @property
    def summary(self) -> dict[str, str]:
        """What the closed row says of the node."""
        node = self.instance
        called = {"deterministic": f"{node.skill}.{node.operation}", "llm": "agent"}
        mark = node.subkind or node.kind
        return {"kind": mark, "says": called.get(node.kind, node.subkind.replace("_", " "))}

    def as_document(self) -> dict[str, Any]:
        """The node as the graph document writes it."""
        told, node = self.cleaned_data, self.instance
        kind, _, subkind = told["plays"].partition(":")
        skill, _, operation = (
            told["operation"].partition(".") if kind == Kind.DETERMINISTIC else ("",) * 3
        )
        is_llm, is_subscore = kind == Kind.LLM, subkind == Subkind.SUBSCORE
        return {
            "key": told["key"],
            "label": told["label"],
            "kind": kind,
            "subkind": subkind,
            "skill": skill,
            "operation": operation,
            "agent_id": (told["agent"] or None) if is_llm else None,
            "agent_version": node.agent_version if is_llm else None,
            "subscore_id": (told["subscore"] or None) if is_subscore else None,
            "config": told["config"] or {},
            "input_schema": told["input_schema"],
            "retry": told["retry"] or {},
            "timeout_seconds": told["timeout_seconds"],
            "on_error": told["on_error"],
            "position": node.position or {},
        }


class EdgeForm(Unchecked):
    source = forms.CharField(
        label="From", max_length=80, widget=UnfoldAdminTextInputWidget({"list": "node-keys"})
    )
    from_port = forms.CharField(
        label="Port", max_length=80, initial="success", widget=UnfoldAdminTextInputWidget
    )
    target = forms.CharField(
        label="To", max_length=80, widget=UnfoldAdminTextInputWidget({"list": "node-keys"})
    )
    to_port = forms.CharField(
        label="Into", max_length=80, initial="default", widget=UnfoldAdminTextInputWidget
    )
    transform = JSONText(shape=dict, required=False, label="Renames")
    order = forms.IntegerField(
        label="Order", required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )

    class Meta:
        model = Edge
        fields = ["from_port", "to_port", "transform", "order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["transform"].widget.attrs["rows"] = 1
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label  # a table's header is no label
        if self.instance.from_node_id:
            edge = self.instance
            self.initial.update(source=edge.from_node.key, target=edge.to_node.key)

    def as_document(self) -> dict[str, Any]:
        """The edge as the graph document writes it."""
        told = self.cleaned_data
        return {
            "from": told["source"],
            "from_port": told["from_port"],
            "to": told["target"],
            "to_port": told["to_port"],
            "transform": told["transform"],
            "order": told["order"] or 0,
        }


def operations(chosen: str | None) -> list[Any]:
    """Every operation, by skill; one that is gone stays choosable where it is chosen."""
    groups: list[Any] = [("", "Select operation")]
    known = {f"{skill.name}.{name}" for skill in skills() for name in skill.operations}
    if chosen and chosen not in known:
        groups.append((chosen, f"{chosen} (gone)"))
    for skill in skills():
        names = sorted(skill.operations)
        groups.append((skill.name, [_choice(skill.operations[name]) for name in names]))
    return groups


def _choice(operation: Operation) -> tuple[str, str]:
    """With how often its effect happens, where it has one."""
    promise = operation.guarantee()
    told = f"{operation.name} ({promise.in_words})" if promise else operation.name
    return operation.full_name, told
