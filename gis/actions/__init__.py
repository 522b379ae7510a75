"""What every change to the province's records does: permission, rules, the write, history, the event."""

from gis.actions.base import Change, action

__all__ = ["Change", "action"]
