"""Every save of an agent, as it was."""

from django.contrib import admin
from django.utils.safestring import SafeString

from agents.models import AgentVersion
from maestro.numbers import clock
from maestro.workspaces.desk import ReadOnlyAdmin, clipped


@admin.register(AgentVersion)
class AgentVersionAdmin(ReadOnlyAdmin):
    workspace_path = "agent__workspace"
    list_display = ["__str__", "note_shown", "author", "saved_at"]
    list_filter = ["author"]
    search_fields = ["agent__name", "=agent__id", "note"]
    list_select_related = ["agent"]
    ordering = ["-created_at"]
    fields = ["agent", "version", "author", "note", "created_at", "content"]
    empty_text = "Each save of an agent is kept here, as it was."

    @admin.display(description="Note")
    def note_shown(self, version: AgentVersion) -> SafeString:
        return clipped(version.note)

    @admin.display(description="Saved", ordering="created_at")
    def saved_at(self, version: AgentVersion) -> str:
        return clock(version.created_at)
