"""What a file is written from: the rows of one query, and what the file says of itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.utils import timezone

from gis.layers import Field, Layer
from gis.layers.credits import credit_line
from gis.layers.query import LayerQuery

T = TypeVar("T")


def _nobody(_done: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True)
class Table:
    """The rows of *query*; *told* hears how many have been written."""

    query: LayerQuery
    told: Callable[[int], None] = _nobody

    @property
    def layer(self) -> Layer:
        return self.query.layer

    @property
    def fields(self) -> list[Field]:
        """The fields that a file has: all that the viewer may see, but those that only a style draws by."""
        return [field for field in self.query.fields if not field.for_drawing]

    @property
    def places(self) -> list[int]:
        """Where in a record, after its key, the values of `fields` stand."""
        return [at for at, field in enumerate(self.query.fields) if not field.for_drawing]

    @property
    def note(self) -> str:
        """No legal boundary, whose data, of which day."""
        return f"{credit_line([self.layer])} · {timezone.localtime():%d/%m/%Y}"

    def counted(self, rows: Iterator[T]) -> Iterator[T]:
        """*rows*, each told of once it has been written."""
        for done, row in enumerate(rows, 1):
            yield row
            self.told(done)

    def records(self) -> Iterator[list[object]]:
        """The values of `fields`, row by row."""
        places = self.places
        for _key, *values in self.counted(self.query.records()):
            yield [values[at] for at in places]
