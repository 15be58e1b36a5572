from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from agents.skills.pipeline.actions import (
    DEFAULT_STAGES,
    Person,
    add_contact,
    create_pipeline,
    set_stages,
)
from agents.skills.pipeline.models import Activity, Contact, Kind, Pipeline
from agents.skills.pipeline.moves import Deed, log_activity
from maestro.errors import InUse
from maestro.workspaces.models import Workspace

ADA = Person(email="ada@example.com", company="Analytical", domain="example.com")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_usual_stages(kind: Kind, workspace: Workspace) -> None:
    pipeline = create_pipeline(workspace, name="P", slug="p", kind=kind)

    pipeline.full_clean()
    assert pipeline.stages == DEFAULT_STAGES[kind]


def test_a_stage_with_contacts_cannot_go(pipeline: Pipeline) -> None:
    add_contact(pipeline, ADA)

    with pytest.raises(InUse, match="1 contacts stand at new"):
        set_stages(pipeline, ["contacted", "won"])

    set_stages(pipeline, ["new", "won"])
    pipeline.refresh_from_db()
    assert pipeline.stages == ["new", "won"]


@pytest.mark.parametrize("stages", [[], ["new", "new"], ["two words"]])
def test_stages_are_distinct_words(stages: list[str], pipeline: Pipeline) -> None:
    with pytest.raises(ValidationError):
        set_stages(pipeline, stages)


def in_many_threads(work: object, times: int = 8) -> list[object]:
    """Run it that often at once, each on a connection of its own."""
    barrier = Barrier(times)

    def one() -> object:
        barrier.wait()
        try:
            return work()  # type: ignore[operator]
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(times)]]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_add_one_person_one_is_told_new(pipeline: Pipeline) -> None:
    told = in_many_threads(lambda: add_contact(pipeline, ADA)[1])

    assert sorted(map(bool, told)) == [False] * 7 + [True]
    assert Contact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_with_one_key_one_is_logged(pipeline: Pipeline) -> None:
    contact, _ = add_contact(pipeline, ADA)

    ids = in_many_threads(
        lambda: log_activity(contact, Deed(kind="called", idempotency_key="k")).pk
    )

    assert set(ids) == {Activity.objects.get().pk}
