"""A change by an action, as a form of the administration."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms

from gis.access.viewer import Viewer
from gis.problems import Text


@dataclass(frozen=True)
class Done:
    """What came of it. *secret* is shown once, on a page that is not kept; *leads_to*: the record to look at."""

    message: Text
    secret: str = ""
    about_secret: Text = ""
    leads_to: Any = None


class ActionForm(forms.Form):
    """Fields of one action. `perform` calls it; a `Problem` it raises is shown at the field that it names."""

    verb: ClassVar[str]
    """Part of the address: `…/do/{verb}/`."""
    title: ClassVar[Text]
    explanation: ClassVar[Text] = ""
    about_one: ClassVar[bool] = True
    """Whether it is done to one record; else it stands above the list."""

    required_css_class = "required"

    def __init__(self, *args: Any, viewer: Viewer, subject: Any = None, **kwargs: Any) -> None:
        self.viewer = viewer
        self.subject = subject
        super().__init__(*args, **kwargs)

    @classmethod
    def offered(cls, viewer: Viewer, subject: Any) -> bool:
        """Whether *viewer* is shown it for *subject*; the action itself decides whether he may."""
        raise NotImplementedError

    def perform(self) -> Done:
        """Do it with `self.cleaned_data`. Raises `Problem`."""
        raise NotImplementedError
