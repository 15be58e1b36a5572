"""A pipeline, who is in it, where they stand and what was done."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower

from maestro.fields import id_field, text_choices
from maestro.workspaces.models import Workspace, WorkspaceQuerySet


class Kind(models.TextChoices):
    OUTREACH = "outreach"
    CONTENT = "content"
    SEO = "seo"
    GENERIC = "generic"


class Pipeline(models.Model):
    """A list of contacts, each at one of its stages."""

    id = id_field("pl")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="pipelines")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, db_index=False)
    kind = models.CharField(max_length=16, choices=Kind)
    stages = ArrayField(
        models.SlugField(max_length=40, db_index=False),
        help_text="In order; a new contact is at the first.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["Pipeline"].as_manager()

    class Meta:
        db_table = "pipelines"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="one_pipeline_per_slug"),
            models.UniqueConstraint(fields=["workspace", "id"], name="pipeline_within_workspace"),
            models.CheckConstraint(condition=Q(stages__len__gt=0), name="pipeline_has_stages"),
            text_choices("kind", Kind, "pipeline_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        stages = self.stages or []  # none where the form could not read them
        if len(set(stages)) < len(stages):
            raise ValidationError({"stages": "A stage can appear only once."})


class CompanyQuerySet(WorkspaceQuerySet["Company"]):
    def with_domain(self, domain: str) -> "CompanyQuerySet":
        """Whoever has that domain, whatever its case; served by the partial unique index."""
        lowered = self.alias(lower_domain=Lower("domain")).exclude(domain="")
        return lowered.filter(lower_domain=Lower(Value(domain)))


class Company(models.Model):
    """Whom contacts work for; one row per domain."""

    id = id_field("co")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="companies")
    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=253, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        db_table = "companies"
        ordering = ["name"]
        verbose_name_plural = "companies"
        constraints = [
            models.UniqueConstraint(
                "workspace", Lower("domain"), condition=~Q(domain=""), name="one_company_per_domain"
            ),
            models.UniqueConstraint(fields=["workspace", "id"], name="company_within_workspace"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactQuerySet(WorkspaceQuerySet["Contact"]):
    """Its filters are written so that the partial unique indexes serve them."""

    def with_email(self, email: str) -> "ContactQuerySet":
        """Whoever has that address, whatever its case."""
        lowered = self.alias(lower_email=Lower("email")).exclude(email="")
        return lowered.filter(lower_email=Lower(Value(email)))

    def with_external_id(self, external_id: str) -> "ContactQuerySet":
        return self.exclude(external_id="").filter(external_id=external_id)


class Contact(models.Model):
    """A person in a pipeline, known by email, by the id of another system, or both."""

    id = id_field("ct")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="contacts")
    pipeline = models.ForeignKey(
        Pipeline, models.CASCADE, related_name="contacts", db_constraint=False, db_index=False
    )
    company = models.ForeignKey(
        Company,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="contacts",
        db_constraint=False,
    )
    email = models.EmailField(blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    stage = models.SlugField(max_length=40, db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        db_table = "contacts"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                "pipeline", Lower("email"), condition=~Q(email=""), name="one_contact_per_email"
            ),
            models.UniqueConstraint(
                fields=["pipeline", "external_id"],
                condition=~Q(external_id=""),
                name="one_contact_per_external_id",
            ),
            models.UniqueConstraint(fields=["pipeline", "id"], name="contact_within_pipeline"),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(external_id=""), name="contact_can_be_found"
            ),
            models.CheckConstraint(condition=~Q(stage=""), name="contact_has_a_stage"),
        ]
        indexes = [models.Index(fields=["pipeline", "stage"], name="contacts_at_a_stage")]

    def __str__(self) -> str:
        return self.name or self.email or self.external_id

    def clean(self) -> None:
        if self.pipeline_id and self.stage not in self.pipeline.stages:
            known = ", ".join(self.pipeline.stages)
            raise ValidationError({"stage": f"The stages of {self.pipeline} are {known}."})


class Activity(models.Model):
    """Something done about a contact, and the stage it moved the contact to, if it did."""

    id = id_field("ac")
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="activities")
    pipeline = models.ForeignKey(
        Pipeline, models.CASCADE, related_name="activities", db_constraint=False
    )
    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="activities", db_constraint=False
    )
    kind = models.CharField(max_length=80)
    payload = models.JSONField(default=dict, blank=True)
    old_stage = models.CharField(max_length=40)
    new_stage = models.CharField(max_length=40)
    run_id = models.TextField(blank=True, default="", db_index=True)
    by = models.CharField(
        max_length=200, blank=True, default="", help_text="Who did it; empty: the run did."
    )
    idempotency_key = models.TextField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceQuerySet["Activity"].as_manager()

    class Meta:
        db_table = "activities"
        ordering = ["-created_at"]
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(condition=~Q(kind=""), name="activity_has_a_kind"),
            models.CheckConstraint(
                condition=~Q(old_stage="") & ~Q(new_stage=""), name="activity_names_both_stages"
            ),
        ]

    def __str__(self) -> str:
        return self.kind
