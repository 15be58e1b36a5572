"""The contract itself: each operation of a skill, and each of its cases."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pytest
from jsonschema import Draft202012Validator

from agents.masking import Mask
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Kind, Operation
from agents.skills.slot import Slot
from maestro.errors import (
    MissingSecret,
    NodeError,
    OutcomeUnknown,
    RateLimited,
    ServiceRefused,
    TimedOut,
    Unavailable,
)

from .case import Case, play, try_slot
from .far_end import Asked, Reply

FAULTS = {
    "401": Reply(status=401, json={"error": "who are you?"}),
    "403": Reply(status=403, json={"error": "not you"}),
    "404": Reply(status=404, json={"error": "not here"}),
    "429": Reply(status=429, json={"error": "slow down"}, headers={"Retry-After": "7"}),
    "500": Reply(status=500, body=b"<html>oops</html>"),
    "503": Reply(status=503, body=b"busy", headers={"Retry-After": "7"}),
    "no_json": Reply(body=b"<html>", headers={"Content-Type": "application/json"}),
    "other_json": Reply(json=[[["what?"]]]),
}
IN_TIME = 0.05
READS = {"GET", "HEAD", "OPTIONS"}
CANARY = "canary-probed-4711"


class SkillContract:
    """Subclass it as `TestSomething`, with the skill and at least one case for each operation.

    `probes`: by slot, what the far end answers to its probe when it takes the secret.
    """

    skill: ClassVar[Skill]
    cases: ClassVar[Sequence[Case]] = ()
    probes: ClassVar[Mapping[str, Sequence[Reply]]] = {}
    workspace_id = "ws_1"

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        asking = [case for case in self.cases if case.replies]
        chosen: dict[str, Sequence[Any]] = {
            "operation": list(self.skill.operations.values()),
            "case": self.cases,
            "asking": asking,
            "write": [case for case in asking if self._writes(case)],
            "keyed": [case for case in asking if self._goes_by_key(case)],
            "probed": [slot for slot in self.skill.secrets if slot.probe],
        }
        for name, values in chosen.items():
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, values, ids=_ids(values))
        if "fault" in metafunc.fixturenames:
            metafunc.parametrize("fault", FAULTS if asking else ["none"])

    def test_it_says_what_it_is(self) -> None:
        assert self.skill.name.isidentifier() and self.skill.name.islower()
        assert self.skill.version and self.skill.description and self.skill.icon

    def test_each_operation_has_a_case(self) -> None:
        assert {case.operation for case in self.cases} == set(self.skill.operations)

    def test_its_schemas_are_json_schemas_and_say_what_it_does(self, operation: Operation) -> None:
        for schema in (operation.input_schema(), operation.output_schema()):
            Draft202012Validator.check_schema(json.loads(json.dumps(schema)))
            assert schema["type"] == "object"
        assert operation.description
        assert operation.timeout_seconds > 0

    def test_its_sample_fits_and_comes_back_unchanged(self, operation: Operation) -> None:
        sample = operation.sample
        kept = json.loads(json.dumps(sample.output))

        assert operation.check((sample.port, kept)) == (sample.port, sample.output)
        Draft202012Validator(operation.output_schema()).validate(sample.output)

    def test_its_sample_suits_any_input(self, operation: Operation) -> None:
        for given in ({}, {name: None for name in operation.input_model.model_fields}):
            answer = operation.sample.suited_to(given)
            assert operation.check((operation.sample.port, answer)).output == answer

    def test_only_what_reads_is_inside(self, operation: Operation) -> None:
        assert not operation.inside or operation.effect is Effect.READ

    def test_its_input_is_the_same_after_a_round_trip(self, case: Case) -> None:
        operation = self.skill.operations[case.operation]
        read = operation.prepare(case.input)
        written = read.model_dump(mode="json", by_alias=True, exclude_unset=True)

        assert operation.prepare(json.loads(json.dumps(written))) == read

    def test_the_case_comes_out_as_it_says(self, case: Case) -> None:
        played = self._play(case)

        assert case.port in (None, played.port)
        assert case.output in (None, played.output)
        operation = self.skill.operations[case.operation]
        Draft202012Validator(operation.output_schema()).validate(played.output)

    def test_no_secret_is_told(self, case: Case, caplog: pytest.LogCaptureFixture) -> None:
        played = self._play(case)
        addresses = "\n".join(asked.url for asked in played.asked)

        slots = case.slots(self.skill.operations[case.operation])
        assert not Mask(slots).slots_in(json.dumps(played.output) + caplog.text)
        # A chat's webhook is asked for as it is.
        hidden = {slot: v for slot, v in slots.items() if not v.startswith("https://")}
        assert not Mask(hidden).slots_in(addresses)

    def test_what_the_far_end_refuses_is_one_of_our_errors(self, asking: Case, fault: str) -> None:
        try:
            self._play(asking, replies=[FAULTS[fault]])
        except NodeError as error:
            slots = asking.slots(self.skill.operations[asking.operation])
            assert not Mask(slots).slots_in(json.dumps(error.as_json()))
            self._judge(error, fault, asking)
        else:
            assert fault in ("404", "no_json", "other_json"), f"{fault} was taken for an answer"

    def _judge(self, error: NodeError, fault: str, asking: Case) -> None:
        """Whether the error says what the far end meant, and nothing that it cannot know."""
        match error:
            case RateLimited():
                assert fault == "429" and error.details["retry_after"] == 7
            case Unavailable():
                unsure = fault == "500" and self._writes_first(asking)
                assert fault in ("500", "503") and not unsure, "it may have acted"
            case OutcomeUnknown():
                assert self._writes(asking) and fault not in ("401", "403", "404", "429", "503")
            case _:
                assert fault not in ("429", "500", "503")
                taken = fault in ("no_json", "other_json") and self._writes_first(asking)
                assert not taken, "it may have acted: OutcomeUnknown, as `read(…, is_write=True)`"

    def test_a_silent_far_end_costs_no_more_than_its_time(self, asking: Case) -> None:
        with pytest.raises(OutcomeUnknown if self._writes(asking) else TimedOut):
            self._play(asking, replies=[Reply(silent=True)], timeout_seconds=IN_TIME)

    def test_a_second_attempt_asks_the_same(self, write: Case) -> None:
        assert self._play(write).asked == self._play(write).asked

    def test_what_may_be_repeated_goes_under_its_key(self, keyed: Case) -> None:
        assert self._play(keyed).asked != self._play(keyed, key="run_2/a_node").asked

    def test_what_may_happen_once_is_asked_for_once(self, write: Case) -> None:
        """Whoever repeats it knows whether it may be: an operation does not do so by itself."""
        for reply in (FAULTS["500"], FAULTS["503"], FAULTS["429"], Reply(silent=True)):
            asked: list[Asked] = []
            with contextlib.suppress(NodeError):
                self._play(write, replies=[reply], timeout_seconds=IN_TIME, asked=asked)
            assert sum(one.method not in READS for one in asked) <= 1

    def test_only_those_that_say_so_ask_a_model(self, operation: Operation) -> None:
        has_answers = any(c.model is not None for c in self.cases if c.operation == operation.name)
        assert has_answers is (operation.kind is Kind.LLM)

    def test_each_probe_has_its_replies(self) -> None:
        assert set(self.probes) == {slot.name for slot in self.skill.secrets if slot.probe}

    def test_a_probe_is_glad_of_a_good_secret_and_does_not_tell_it(
        self, probed: Slot, caplog: pytest.LogCaptureFixture
    ) -> None:
        told, asked = try_slot(probed, CANARY, self.probes[probed.name])

        assert asked, "a probe asks the service"
        assert all(CANARY not in text for text in [told, caplog.text, *(a.url for a in asked)])

    def test_a_probe_tells_a_refused_secret_from_a_service_that_is_away(self, probed: Slot) -> None:
        with pytest.raises((ServiceRefused, MissingSecret)):
            try_slot(probed, CANARY, [FAULTS["401"]])
        with pytest.raises(Unavailable):
            try_slot(probed, CANARY, [FAULTS["503"]])

    def _play(self, case: Case, **changes: Any) -> Any:  # noqa: ANN401  # a Played
        return play(self.skill, case, workspace_id=self.workspace_id, **changes)

    def _goes_by_key(self, case: Case) -> bool:
        """Whether a repeat is safe only because the far end knows the key."""
        operation = self.skill.operations[case.operation]
        return self._writes(case) and operation.is_idempotent() and not case.by_nature

    def _writes_first(self, case: Case) -> bool:
        """Whether the first that the far end is asked is the write itself."""
        played = self._play(case) if self._writes(case) else None
        return bool(played and played.asked and played.asked[0].method not in READS)

    def _writes(self, case: Case) -> bool:
        return self.skill.operations[case.operation].effect is Effect.WRITE


def _ids(values: Sequence[Any]) -> list[str]:
    names = [v.operation if isinstance(v, Case) else v.name for v in values]
    return [
        f"{name}-{index}" if names.count(name) > 1 else name for index, name in enumerate(names)
    ]
