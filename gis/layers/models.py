"""Data versions: which cells of which layer were touched, so that caches know without being told."""

from django.db import models


class Touch(models.Model):
    """A change of a layer in one Web Mercator cell of zoom 10 (about 37 km here), written by triggers.

    Only added to, so that writers never wait for each other; cell (-1, -1) stands for the whole layer.
    """

    layer = models.CharField(max_length=40)
    x = models.IntegerField()
    y = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["layer", "x", "y", "id"], name="touch_by_cell")]
