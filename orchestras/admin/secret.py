"""A secret's page: a value goes in and never comes out."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters
from unfold.views import ChangeList as UnfoldChangeList
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from maestro.errors import InvalidInput
from maestro.marks import tested
from maestro.numbers import clock
from maestro.uses import Use
from maestro.workspaces.desk import (
    GuardedDeletion,
    RefusableForm,
    author_of,
    mono,
    number,
    page_of,
    seat_of,
)
from maestro.workspaces.hosts import checked_hosts
from maestro.workspaces.models import Secret, SecretVersion
from maestro.workspaces.vault import (
    describe_secret,
    newest_version,
    set_secret,
    uses_of,
)
from orchestras.secrets.actions import delete_secret
from orchestras.secrets.named import asking_by_name, left_empty

SHOWN = 4


class SecretForm(RefusableForm):
    """`value` is shown by no page, not even beside an error: the widget renders none."""

    value = forms.CharField(
        strip=False,  # the vault cuts space off, and says what is too short
        widget=UnfoldAdminPasswordWidget(
            attrs={"autocomplete": "new-password"}, render_value=False
        ),
        help_text="At least 8 characters. It is encrypted, and never shown again.",
    )

    hosts = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Like api.github.com, several with commas between. Empty: where its skill says. "
        "What the skill http sends needs one.",
    )

    class Meta:
        model = Secret
        fields = ["name", "description", "hosts"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["hosts"] = ", ".join(self.instance.hosts)
        if not self.instance._state.adding:
            value = self.fields["value"]
            value.required, value.label = False, "New value"
            value.help_text = "Empty: the value stays. A new one counts from the next call on."

    def clean_hosts(self) -> list[str]:
        try:
            return checked_hosts(self.cleaned_data["hosts"].split(","))
        except InvalidInput as refusal:
            raise forms.ValidationError(refusal.message) from None

    def clean_name(self) -> str:
        """To set a value anew is another deed than to make a secret."""
        name: str = self.cleaned_data["name"]
        seat = seat_of(self.request)
        if seat and seat.workspace.secrets.filter(name=name).exists():
            raise forms.ValidationError(f"There is a secret {name}; open it to set a new value.")
        return name


class SecretList(UnfoldChangeList):
    """Each row with who asks for it by its name, asked once for the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        asking = asking_by_name(rows[0].workspace, [row.name for row in rows]) if rows else {}
        for row in rows:
            row.asking = asking.get(row.name, [])
        self.result_list = rows


@admin.register(Secret)
class SecretAdmin(GuardedDeletion):
    list_display = [
        "name_shown",
        "description",
        "newest_shown",
        "rotated_shown",
        "used_shown",
        "tested_shown",
        "users_shown",
    ]
    search_fields = ["name", "description"]
    ordering = ["name"]
    form = SecretForm
    fields = ["name", "value", "hosts", "description"]
    way_out = "Bind another secret to these slots first."
    empty_text = "A secret named like a slot (apollo_api_key) fills it in every orchestra that binds no other."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        newest = SecretVersion.objects.filter(secret=OuterRef("pk")).order_by("-version")
        rows = super().get_queryset(request)
        return rows.prefetch_related("bindings__orchestra", "mcp_servers", "hooks").annotate(
            newest=Subquery(newest.values("version")[:1]),
            rotated_at=Subquery(newest.values("created_at")[:1]),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """The name is part of what a value is encrypted with."""
        return ["name"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return self.fields if self.may_edit(request) else ["name", "hosts", "description"]

    @admin.display(description="Name", ordering="name")
    def name_shown(self, secret: Secret) -> SafeString:
        return mono(secret.name)

    @admin.display(description="Version", ordering="newest")
    def newest_shown(self, secret: Any) -> SafeString:
        return number(secret.newest or 0)

    @admin.display(description="Set", ordering="rotated_at")
    def rotated_shown(self, secret: Any) -> str:
        return clock(secret.rotated_at)

    @admin.display(description="Last used", ordering="last_used_at")
    def used_shown(self, secret: Secret) -> str:
        return clock(secret.last_used_at) if secret.last_used_at else "Never"

    @admin.display(description="Tested", ordering="last_tested_at")
    def tested_shown(self, secret: Secret) -> SafeString:
        at = clock(secret.last_tested_at)
        return format_html('<span title="{}">{}</span>', at, tested(secret.tested(), bare=True))

    @admin.display(description="Used by")
    def users_shown(self, secret: Any) -> SafeString:
        """As `vault.uses_of` tells, of what the list has read already; then who asks by its name."""
        orchestras = dict.fromkeys(binding.orchestra for binding in secret.bindings.all())
        tied = [*orchestras, *secret.mcp_servers.all(), *secret.hooks.all()]
        links = [(page_of(one), str(one)) for one in tied]
        links += [(use["url"], use["name"]) for use in secret.asking]
        links = [*dict.fromkeys(links)]
        names = ", ".join(name for _, name in links)
        shown = format_html_join(", ", '<a href="{}">{}</a>', links[:SHOWN])
        more = f" and {len(links) - SHOWN} more" if len(links) > SHOWN else ""
        return format_html('<span class="ms-clip" title="{}">{}</span>{}', names, shown, more)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SecretList

    @method_decorator(sensitive_post_parameters("value"))
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Secret, form: Any, change: Any) -> None:
        said, author, seat = form.cleaned_data, author_of(request), seat_of(request)
        if seat and said.get("value"):
            secret = set_secret(
                seat.workspace,
                obj.name,
                said["value"],
                by=author,
                description=said["description"],
                hosts=said["hosts"],
            )
            obj.pk = secret.pk
        elif {"description", "hosts"} & set(form.changed_data):
            describe_secret(obj, said["description"], by=author, hosts=said["hosts"])

    def told_beside(self, context: dict[str, Any]) -> dict[str, Any]:
        secret = context.get("original")
        if secret is not None:
            context["newest_version"] = newest_version(secret)
            asking = asking_by_name(secret.workspace, [secret.name])
            context["asking"] = asking.get(secret.name, [])
            context["lends_environment"] = bool(secret.workspace.settings.get("env_secrets"))
        return context

    def uses_of(self, obj: Secret) -> list[Use]:
        return uses_of(obj)

    def missed_by(self, obj: Secret) -> list[Use]:
        return left_empty(obj)

    def delete(self, obj: Secret, author: str) -> None:
        delete_secret(obj, by=author, confirmed=True)  # the page has named who asks for it
