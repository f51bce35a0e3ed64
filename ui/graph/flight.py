"""The camera's way from one place to another, in time.  No widget and no clock: whoever owns both asks where it is."""

from __future__ import annotations

import time

from ui.graph.camera import Camera, between, ease


class Flight:
    """`camera`: where one looks now.  What glides with it (cards on their way) asks for `eased`."""

    def __init__(self) -> None:
        self.camera = Camera()
        self._start: Camera | None = None
        self._goal = Camera()
        self._began = 0.0
        self._seconds = 1.0

    @property
    def under_way(self) -> bool:
        """Whether the camera is moving by itself."""
        return self._start is not None

    @property
    def scaling(self) -> bool:
        """Whether it is moving nearer or farther."""
        return self._start is not None and self._start.scale != self._goal.scale

    @property
    def goal(self) -> Camera:
        """Where one looks, or is on the way to."""
        return self.camera if self._start is None else self._goal

    def jump(self, camera: Camera) -> None:
        """Look through another camera at once."""
        self._start = None
        self.camera = camera

    def fly(self, goal: Camera, seconds: float) -> None:
        """Begin to move to another camera."""
        self._start, self._goal = self.camera, goal
        self._seconds, self._began = seconds, time.monotonic()

    def stop(self) -> None:
        """Stay where it is."""
        self._start = None

    def land(self) -> None:
        """Be at the goal from the next `advance` on."""
        self._began = float("-inf")

    def advance(self) -> tuple[float, bool]:
        """Move the camera to where it is by now: how much of the way that is, 0…1, and whether that is all of it."""
        share = (time.monotonic() - self._began) / self._seconds
        eased = ease(share) if share < 1 else 1.0
        if self._start is not None:
            self.camera = between(self._start, self._goal, eased)
        if share >= 1:
            self._start = None
        return eased, share >= 1
