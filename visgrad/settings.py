"""The settings there are: typed fields with a default, a range and a line of explanation.

The preferences dialog is generated from `SETTINGS`, and stored values are read through `Setting.read`, so a damaged
or outdated settings file can never put the program in a state it does not know.  Where they are kept is the window's.
"""

from __future__ import annotations

from dataclasses import dataclass

from visgrad.picture.roles import theme_names

Value = bool | int | float | str


@dataclass(frozen=True)
class Setting:
    """One setting: its key (`group/name`), default, and what it may be.

    `choices`: the values a text may take.  `minimum`, `maximum`: the range of a number.  `doc`: one English line (the
    window shows its translation).  `shown`: whether the preferences dialog offers it.
    """

    key: str
    default: Value
    doc: str
    choices: tuple[str, ...] = ()
    minimum: float = 0.0
    maximum: float = 0.0
    shown: bool = True

    def read(self, raw: object) -> Value:
        """The value that stored `raw` stands for: of the default's type, within the range; else the default."""
        kind = type(self.default)
        try:
            if kind is bool:
                value: Value = raw if isinstance(raw, bool) else str(raw).strip().lower() in {"true", "1", "yes"}
            else:
                value = kind(str(raw)) if kind is not int else int(float(str(raw)))
        except (TypeError, ValueError, OverflowError):
            return self.default
        if self.choices and value not in self.choices:
            return self.default
        ranged = self.maximum > self.minimum and isinstance(value, int | float)
        if ranged and not self.minimum <= float(value) <= self.maximum:  # nan compares false and is refused as well
            return self.default
        return value


SETTINGS: tuple[Setting, ...] = (
    Setting("appearance/theme", "system", "Light, dark, or as the desktop is.", choices=("system", *theme_names())),
    Setting("appearance/language", "system", "The language of the window.", choices=("system", "en", "ko")),
    Setting("editor/font_size", 10, "The size of program text, in points.", minimum=7, maximum=32),
    Setting("editor/line_numbers", True, "Show line numbers beside the program."),
    Setting("editor/check", True, "Underline syntax errors while typing."),
    Setting("editor/complete", True, "Offer names after a point."),
    Setting("editor/values", True, "Show beside each line what its names stand for at this step."),
    Setting("playback/speed", 2.0, "Steps per second when playing.", minimum=0.25, maximum=60.0),
    Setting("playback/live_speed", 7.0, "Steps per second while a small program runs.", minimum=1.0, maximum=1000.0),
    Setting("run/device", "cpu", "Where programs run.", choices=("cpu", "cuda")),
    Setting("run/time_limit", 60.0, "Seconds a program may run.", minimum=1.0, maximum=86400.0),
    Setting("run/memory_limit", 2048, "MiB of memory a program may use.", minimum=256, maximum=1 << 20),
    Setting("run/step_limit", 1_000_000, "Steps kept from the beginning on.", minimum=100, maximum=100_000_000),
    Setting("run/latest_steps", 100_000, "Steps kept of the end of a longer run.", minimum=100, maximum=10_000_000),
    Setting("run/output_limit", 4, "MiB of text a program may print.", minimum=1, maximum=64),
    Setting("export/format", "png", "The format that was exported last.", shown=False),
    Setting("export/theme", "", "The theme that was exported last; empty: the window's.", shown=False),
    Setting("export/scale", 2.0, "The scale that was exported last.", minimum=0.25, maximum=8.0, shown=False),
    Setting("export/transparent", False, "Whether the background was left out.", shown=False),
    Setting("lessons/done", "", "The lessons that have been run, by name, separated by spaces.", shown=False),
)

BY_KEY: dict[str, Setting] = {setting.key: setting for setting in SETTINGS}
