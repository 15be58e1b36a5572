"""Every save of a graph, as it was."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from maestro.numbers import clock
from maestro.workspaces.desk import ReadOnlyAdmin, clipped, mono
from scores.models import ScoreVersion


@admin.register(ScoreVersion)
class ScoreVersionAdmin(ReadOnlyAdmin):
    workspace_path = "score__workspace"
    list_display = ["__str__", "message_shown", "author", "saved_at", "hash_shown"]
    list_filter = ["author"]
    search_fields = ["score__name", "=score__id", "message", "^content_hash"]
    list_select_related = ["score"]
    ordering = ["-created_at"]
    fields = ["score", "version", "author", "message", "created_at", "content_hash", "graph"]
    empty_text = "Each save of a score's graph is kept here, as it was."

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScoreVersion]:
        return super().get_queryset(request).defer("graph")

    @admin.display(description="Message")
    def message_shown(self, version: ScoreVersion) -> SafeString:
        return clipped(version.message)

    @admin.display(description="Saved", ordering="created_at")
    def saved_at(self, version: ScoreVersion) -> str:
        return clock(version.created_at)

    @admin.display(description="Hash")
    def hash_shown(self, version: ScoreVersion) -> SafeString:
        return mono(version.content_hash[:12])
