"""What every operation in the registry keeps to, a third party's included."""

import json

import pytest
from jsonschema import Draft202012Validator

from agents.skills import registry
from agents.skills.operation import Effect, Operation

OPERATIONS = [operation for skill in registry.skills() for operation in skill.operations.values()]


@pytest.fixture(params=OPERATIONS, ids=lambda operation: operation.full_name)
def operation(request: pytest.FixtureRequest) -> Operation:
    found: Operation = request.param
    return found


def test_its_sample_is_an_answer_it_could_give(operation: Operation) -> None:
    sample = operation.sample

    outcome = operation.check((sample.port, sample.output))

    assert outcome == (sample.port, sample.output)


def test_its_sample_suits_any_input(operation: Operation) -> None:
    odd = {name: None for name in operation.input_model.model_fields}
    for given in ({}, odd):
        answer = operation.sample.suited_to(given)
        assert operation.check((operation.sample.port, answer)).output == answer


def test_its_sample_fits_the_schema_it_shows(operation: Operation) -> None:
    Draft202012Validator(operation.output_schema()).validate(operation.sample.output)


def test_its_schemas_are_json_schemas(operation: Operation) -> None:
    for schema in (operation.input_schema(), operation.output_schema()):
        Draft202012Validator.check_schema(json.loads(json.dumps(schema)))
        assert schema["type"] == "object"


def test_it_can_be_found_by_its_name_and_says_what_it_does(operation: Operation) -> None:
    assert registry.find(operation.skill, operation.name) is operation
    assert operation.description
    assert operation.timeout_seconds > 0


def test_only_what_reads_is_inside(operation: Operation) -> None:
    assert not operation.inside or operation.effect is Effect.READ


def test_the_built_in_skills_are_there() -> None:
    assert {o.full_name for o in OPERATIONS} >= {
        *("http.get", "http.post", "email.send_email"),
        *("gmail.list_inbox", "gmail.read_thread", "gmail.send_email", "gmail.label_thread"),
        *("apollo.find_leads", "apollo.enrich_person", "apollo.enrich_domain"),
        *("web_research.search", "web_research.extract"),
        *("compose.draft_personalized_opener", "compose.classify_reply_intent"),
        *("pipeline.find_contact", "pipeline.add_contact", "pipeline.log_activity"),
        *("notify.send_event", "notify.send_attention"),
        *("data.pick", "data.rename", "data.template", "data.filter", "data.sort"),
        *("data.dedupe", "data.merge", "data.read_csv", "data.write_csv"),
    }
