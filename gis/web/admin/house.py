"""What every list and page of the administration is derived from."""

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.utils import unquote
from django.contrib.gis.db.models import GeometryField
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms.widgets import Media, Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst

from gis.access.middleware import viewer_on
from gis.access.roles import ADMIN, BACK_OFFICE
from gis.access.viewer import PROVINCE, Viewer
from gis.problems import Forbidden, NotFound, Problem, Text
from gis.web.admin import maps
from gis.web.admin.counting import EstimatingPaginator
from gis.web.admin.forms import ActionForm, Done


class HouseAdmin(ModelAdmin):  # type: ignore[type-arg]
    """Records to look at, and actions to change them by: nothing is added, saved or deleted here in another way.

    A change is one of `verbs`; every other form of Django's administration is refused whatever a user's flags
    say, so that no change is without its permission, checks, history and event.
    """

    one: ClassVar[Text]
    many: ClassVar[Text]
    group: ClassVar[Text]
    words: ClassVar[dict[str, Text]] = {}
    """Field → its name for people."""
    readers: ClassVar[frozenset[str]] = BACK_OFFICE
    """Who sees these records at all, in the whole province."""
    private_roles: ClassVar[frozenset[str]] = frozenset()
    private_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that exist only for who holds one of `private_roles` in the whole province."""
    hidden: ClassVar[tuple[str, ...]] = ()
    """Fields that nobody is shown."""
    extra: ClassVar[tuple[str, ...]] = ()
    """Methods that are shown like fields."""
    around: ClassVar[str] = ""
    """Layer drawn palely around the geometry."""
    exactly: ClassVar[tuple[str, ...]] = ()
    """Fields that a search compares whole: each has an index, which a part of a word could not use."""
    verbs: ClassVar[tuple[type[ActionForm], ...]] = ()

    actions = None
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = EstimatingPaginator
    save_on_top = False
    change_form_template = "admin/house/change_form.html"
    change_list_template = "admin/house/change_list.html"

    def __init__(self, model: type[Model], admin_site: Any) -> None:
        super().__init__(model, admin_site)
        self.opts.verbose_name, self.opts.verbose_name_plural = self.one, self.many  # type: ignore[assignment]
        self.opts.app_config.verbose_name = self.group  # type: ignore[assignment]
        for field in self.opts.concrete_fields:
            # Only what is shown; migrations read the names that the model itself gave.
            field.verbose_name = self.words.get(field.name, field.verbose_name)  # type: ignore[assignment]
            if isinstance(field, GeometryField):
                setattr(self, f"{field.name}_map", self._shown_on_map(field))

    # Who may what

    def has_module_permission(self, request: HttpRequest) -> bool:
        return viewer_on(request).holds(self.readers, None)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return viewer_on(request).holds(self.readers, None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def sees_private(self, viewer: Viewer) -> bool:
        return not self.private_fields or viewer.areas(self.private_roles) == PROVINCE

    def visible(self, rows: Any, viewer: Viewer) -> Any:
        """The rows that exist for *viewer*."""
        return rows

    # What is shown

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.visible(super().get_queryset(request), viewer_on(request))
        return rows

    def unseen(self, viewer: Viewer) -> set[str]:
        """Fields that do not exist for *viewer*."""
        return set(self.hidden) | (set() if self.sees_private(viewer) else set(self.private_fields))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """What is not shown cannot be asked for: `?password__startswith=` would read it letter by letter."""
        unseen = self.unseen(viewer_on(request)) if request else {*self.hidden, *self.private_fields}
        return lookup.partition("__")[0] not in unseen - {"id"} and super().lookup_allowed(lookup, value, request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        unseen = self.unseen(viewer_on(request))
        if "id" not in self.words:
            unseen = unseen | {"id"}  # of no meaning to people
        fields = [field for field in self.opts.concrete_fields if field.name not in unseen]
        plain = [field.name for field in fields if not isinstance(field, GeometryField)]
        drawn = [f"{field.name}_map" for field in fields if isinstance(field, GeometryField)]
        return [*plain, *(name for name in self.extra if name not in unseen), *drawn]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields: list[str] = self.get_fields(request, obj)
        return fields

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        unseen = self.unseen(viewer_on(request))
        return [column for column in super().get_list_display(request) if column not in unseen]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By `search_by` where an admin has one, else by the fields of `exactly`."""
        term = " ".join(search_term.split()).replace("\0", "")
        return (self.search_by(queryset, term), False) if term else (queryset, False)

    def search_by(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        found = [self._whole(rows, field, term) for field in self.exactly]
        return rows.filter(pk__in=[]) if not found else _either(found)

    def _whole(self, rows: QuerySet[Any], field: str, term: str) -> QuerySet[Any]:
        """Rows whose *field* is *term*; none where it cannot be."""
        try:
            return rows.filter(**{field: self.opts.get_field(field).clean(term, None)})  # type: ignore[union-attr]
        except ValidationError:
            return rows.none()

    def record_target(self, obj: Any) -> str:
        """`kind:key` of the history records about *obj*; empty: it has none of its own."""
        return ""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        subject = self._found(request, object_id)
        address = reverse("admin:actions_record_changelist")
        return redirect(f"{address}?target__exact={self.record_target(subject)}")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {**(extra_context or {}), "verbs": self._offers(request)})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        subject = self.get_object(request, unquote(object_id))
        reads_history = viewer_on(request).holds({ADMIN}, None)
        offered = {
            "verbs": self._offers(request, subject) if subject else [],
            "target": self.record_target(subject) if subject and reads_history else "",
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **offered})

    @property
    def media(self) -> Media:
        base: Media = super().media
        return base + Media(css={"all": ["pages/admin.css"]}, js=[Script("pages/admin.js", type="module")])  # type: ignore[list-item]

    # What is done

    def get_urls(self) -> list[URLPattern]:
        def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            def wrapper(*args: Any, **kwargs: Any) -> HttpResponse:
                return self.admin_site.admin_view(view)(*args, **kwargs)

            return update_wrapper(wrapper, view)

        name = f"{self.opts.app_label}_{self.opts.model_name}_do"
        return [
            path("do/<slug:verb>/", wrap(self.do_view), name=f"{name}_list"),
            path("<path:object_id>/do/<slug:verb>/", wrap(self.do_view), name=name),
            *super().get_urls(),
        ]

    def do_view(self, request: HttpRequest, verb: str, object_id: str | None = None) -> HttpResponse:
        """The form of one action, and the doing of it."""
        subject = self._found(request, object_id) if object_id is not None else None
        viewer = viewer_on(request)
        form_class = next((one for one in self.verbs if one.verb == verb and one.about_one == bool(object_id)), None)
        if form_class is None:
            raise NotFound
        if not form_class.offered(viewer, subject):
            raise Forbidden
        form = form_class(request.POST if request.method == "POST" else None, viewer=viewer, subject=subject)
        done = self._done(form) if form.is_valid() else None
        if done is None:
            return self._page(request, "action", form, subject, status=422 if form.is_bound else 200)
        if done.secret:
            return self._page(request, "secret", form, subject, done=done)
        messages.success(request, str(done.message))
        return redirect(self._address(done.leads_to or subject))

    @staticmethod
    def _done(form: ActionForm) -> Done | None:
        """What came of it; None with the problem at its field."""
        try:
            return form.perform()
        except Problem as problem:
            named = problem.field if problem.field in form.fields else None
            words = problem.detail if named else str(problem)
            form.add_error(named, words)
            return None

    def _page(
        self, request: HttpRequest, name: str, form: ActionForm, subject: Any, status: int = 200, **context: Any
    ) -> HttpResponse:
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": capfirst(str(form.title)),
            "form": form,
            "subject": subject,
            "back": self._address(subject),
            "media": self.media + form.media,
        }
        response = TemplateResponse(request, f"admin/house/{name}.html", {**shared, **context}, status=status)
        response["Cache-Control"] = "no-store"
        return response

    def _found(self, request: HttpRequest, object_id: str) -> Any:
        """The record, where it exists for this viewer. Raises `NotFound`, `Forbidden`."""
        if not self.has_view_permission(request):
            raise Forbidden
        subject = self.get_object(request, unquote(object_id))
        if subject is None:
            raise NotFound
        return subject

    def _address(self, subject: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if isinstance(subject, self.model):
            return reverse(f"{name}_change", args=[subject.pk])
        return reverse(f"{name}_changelist")

    def _offers(self, request: HttpRequest, subject: Any = None) -> list[dict[str, Any]]:
        """The actions that this viewer is shown, with their addresses."""
        viewer = viewer_on(request)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_do"
        offered = [one for one in self.verbs if one.about_one == bool(subject) and one.offered(viewer, subject)]
        if subject is None:
            return [{"title": one.title, "address": reverse(f"{name}_list", args=[one.verb])} for one in offered]
        return [{"title": one.title, "address": reverse(name, args=[subject.pk, one.verb])} for one in offered]

    def _shown_on_map(self, field: Any) -> Callable[[Any], Any]:
        def on_map(obj: Any) -> Any:
            return maps.shown(getattr(obj, field.name), name=str(obj), context=self.around)

        on_map.short_description = field.verbose_name  # type: ignore[attr-defined]
        return on_map


def _either(found: Sequence[QuerySet[Any]]) -> QuerySet[Any]:
    rows = found[0]
    for more in found[1:]:
        rows = rows | more
    return rows
