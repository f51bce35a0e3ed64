"""Names of widgets: what tests and assistive tools find them by, and what they are to a person.

The object name is also the accessible name (a promise of the design, the same in every language); the words of the
reader's language are the accessible description.
"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def name(widget: QWidget, object_name: str, description: str) -> None:
    """Give a widget its object and accessible name, and say in words what it is."""
    widget.setObjectName(object_name)
    widget.setAccessibleName(object_name)
    widget.setAccessibleDescription(description)
