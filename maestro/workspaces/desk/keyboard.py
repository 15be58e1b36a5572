"""Keys of one character, which a person may switch off on all pages: speech input types them by accident."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from maestro.workspaces.models import Preference

from .shown import Wrap, desk_page

_ATTRIBUTE = "_maestro_single_keys"


def single_keys(request: HttpRequest) -> bool:
    """Whether they work for this person. One query per request."""
    if not hasattr(request, _ATTRIBUTE):
        off = Preference.objects.filter(user=request.user.pk, single_keys=False).exists()
        setattr(request, _ATTRIBUTE, not off)
    is_on: bool = getattr(request, _ATTRIBUTE)
    return is_on


def urls(wrap: Wrap) -> list[URLPattern]:
    """The address of the page inside the admin; `wrap` asks for a signed-in person."""
    return [path("keyboard/", wrap(keyboard), name="keyboard")]


@require_http_methods(["GET", "POST"])
def keyboard(request: HttpRequest) -> HttpResponse:
    """The keys of all pages, and the switch."""
    if request.method == "GET":
        return desk_page(request, "desk/keyboard.html", "Keyboard", is_on=single_keys(request))
    is_on = request.POST.get("single_keys") == "on"
    Preference.objects.update_or_create(pk=request.user.pk, defaults={"single_keys": is_on})
    told = "Keys of one character work." if is_on else "Keys of one character do nothing any more."
    messages.success(request, told)
    return HttpResponseRedirect(reverse("admin:keyboard"))
