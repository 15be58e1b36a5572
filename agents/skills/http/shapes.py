"""What the operations of `http` take and give."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agents.skills.choices import Choices, offering

Status = Annotated[int, Field(ge=100, le=599)]
Scalar = str | int | float | bool
Path = Annotated[str, Field(pattern=r"^[\w-]+(\.[\w-]+)*$", max_length=200)]
MAX_PAGES = 100


class Strict(BaseModel):
    """A part whose misspelt field is refused, rather than that it does nothing."""

    model_config = ConfigDict(extra="forbid")


class Auth(Strict):
    """Which secret proves who asks, and how it is sent."""

    secret: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,80}$",
        description="The slot, or the vault's name of it; its hosts say where it may go.",
        json_schema_extra=offering(Choices.SECRETS),
    )
    kind: Literal["bearer", "basic", "header"] = "bearer"
    header: str = Field("X-Api-Key", description="For the kind header: its name.")
    user: str = Field("", description="For the kind basic; empty: the secret is user:password.")


class Pages(Strict):
    """How to get on to the next page, and how far."""

    kind: Literal["link", "cursor", "page"] = Field(
        description="link: the answer's Link header, or next_path; cursor: next_path gives it; "
        "page: numbers."
    )
    items_path: Path | None = Field(None, description="Where a page's list is; empty: it is one.")
    next_path: Path | None = Field(None, description="Where the next address or cursor stands.")
    parameter: str = Field("page", description="The query's name for the cursor or the number.")
    first: int = Field(1, ge=0, description="The number of the first page.")
    limit: int = Field(10, ge=1, le=MAX_PAGES, description="Pages at most.")

    @model_validator(mode="after")
    def _needs_a_place(self) -> Self:
        if self.kind == "cursor" and self.next_path is None:
            raise ValueError("next_path says where the cursor stands")
        return self


class File(Strict):
    """A file of a form: its text, or its bytes in base64."""

    name: str = Field(min_length=1, max_length=200)
    text: str | None = None
    base64: str | None = None
    content_type: str = "application/octet-stream"


class AskInput(BaseModel):
    url: str = Field(description="Begins with https:// or http://.")
    query: dict[str, Scalar | list[Scalar] | None] = Field(
        default_factory=dict, description="Added to what the address has."
    )
    headers: dict[str, str] = Field(default_factory=dict)
    auth: Auth | None = Field(None, description="Only the node's own params may say it.")
    accept_status: list[Status] = Field(
        default_factory=list, description="Answers beside 2xx that are no error, like 404."
    )


class GetInput(AskInput):
    pages: Pages | None = Field(None, description="Read several pages, and put them together.")


class SendInput(AskInput):
    json_body: Any = Field(default=None, alias="json", description="Sent as JSON.")
    body: str | None = Field(None, description="Sent as it is, in place of JSON.")
    form: dict[str, Scalar | list[Scalar]] | None = Field(
        None, description="Sent as a form; with files, as one of several parts."
    )
    files: dict[str, File] = Field(default_factory=dict, description="By the form's field.")

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        given = [self.json_body is not None, self.body is not None]
        if sum([*given, self.form is not None or bool(self.files)]) > 1:
            raise ValueError("give one of json, body, and form with files")
        return self


class HttpOutput(BaseModel):
    """`json` when the answer says it is JSON, else `body`."""

    status: int
    headers: dict[str, str]
    json_body: Any = Field(default=None, alias="json")
    body: str = ""


class GetOutput(HttpOutput):
    """Of several pages: the last one's status, and the items of all."""

    items: list[Any] = Field(default_factory=list)
    pages: int = 0
    more: bool = Field(default=False, description="The limit was reached, and there are more.")
