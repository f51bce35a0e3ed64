"""Programs draw with matplotlib.pyplot as course notebooks do, and the recording holds the charts."""

from __future__ import annotations

import numpy as np
import pytest

from visgrad.program.colour_maps import known, shades
from visgrad.recording.chart import Axes, Chart, Series, check_chart
from visgrad.recording.model import Print
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program

START = "import torch\nimport matplotlib.pyplot as plt\n"


def charts(program: str) -> list[Chart]:
    recording: Recording = run_program(START + program)
    assert recording.error is None, recording.error
    return [chart for _, chart in recording.charts]


def values(data: bytes) -> list[float]:
    return [float(number) for number in np.frombuffer(data, "<f8")]


def test_a_loss_curve_keeps_its_points_words_and_line() -> None:
    (chart,) = charts(
        "plt.plot([3, 2, 1], 'ro--', label='loss')\nplt.title('Training')\n"
        "plt.xlabel('step')\nplt.legend()\nplt.show()\n"
    )
    (axes,) = chart.axes
    (series,) = axes.series
    assert (series.kind, series.label, series.colour, series.dashed, series.marker) == (
        "line",
        "loss",
        "red",
        True,
        True,
    )
    assert (values(series.x), values(series.y)) == ([0.0, 1.0, 2.0], [3.0, 2.0, 1.0])
    assert (axes.title, axes.xlabel, axes.legend, chart.line) == ("Training", "step", True, 7)


def test_subplots_draw_into_axes_of_their_own() -> None:
    (chart,) = charts(
        "fig, ax = plt.subplots(1, 2)\nax[0].scatter(torch.ones(3), torch.zeros(3), c=[1, 2, 3])\n"
        "ax[1].imshow(torch.ones(2, 3))\nfig.suptitle('two')\nplt.show()\n"
    )
    assert (chart.columns, chart.title) == (2, "two")
    points, image = chart.axes[0].series[0], chart.axes[1].series[0]
    assert (points.kind, values(points.values)) == ("points", [1.0, 2.0, 3.0])
    assert (image.kind, image.rows, values(image.values)) == ("image", 2, [1.0] * 6)


def test_a_histogram_has_the_counts_numpy_gives() -> None:
    (chart,) = charts("n, edges, _ = plt.hist([1, 2, 2, 3], bins=2)\nprint(n, edges)\nplt.show()\n")
    (bars,) = chart.axes[0].series
    assert (values(bars.x), values(bars.y), bars.width) == ([1.0, 2.0], [1.0, 3.0], 1.0)


def test_what_was_drawn_and_not_shown_is_shown_at_the_end_also_after_an_error() -> None:
    recording = run_program(START + "plt.plot([1, 2])\nundefined\n")
    assert recording.error is not None
    assert recording.error.type == "NameError"
    assert len(recording.charts) == 1


def test_a_tensor_that_requires_grad_is_refused_in_pytorchs_words() -> None:
    recording = run_program(START + "plt.plot(torch.ones(2, requires_grad=True))\n")
    assert recording.error is not None
    assert recording.error.message == (
        "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
    )


@pytest.mark.parametrize("call", ["plt.imread('a.png')", "plt.imsave('a.png', [[1]])"])
def test_what_cannot_be_drawn_says_what_can(call: str) -> None:
    recording = run_program(START + call + "\n")
    assert recording.error is not None
    assert "is not available here" in recording.error.message


def test_a_drawing_that_is_not_made_is_said_and_the_program_goes_on() -> None:
    recording = run_program(START + "plt.pie([1])\nplt.gca().boxplot([1])\nprint('after')\n")
    assert recording.error is None
    text = "".join(step.text for step in recording.steps if isinstance(step, Print))
    assert "pie is not drawn here; of matplotlib, plot," in text
    assert "boxplot is not drawn" in text
    assert text.endswith("after\n")


def test_polishing_calls_are_accepted_and_one_run_leaves_nothing_to_the_next() -> None:
    assert (
        charts("plt.rcParams['figure.figsize'] = (8, 3)\nplt.style.use('ggplot')\nplt.tight_layout()\nplt.grid()\n")
        == []
    )


def test_long_series_are_thinned_out() -> None:
    (chart,) = charts("plt.plot(torch.arange(100_000))\nplt.show()\n")
    assert len(chart.axes[0].series[0].y) <= 8 * 20_000


def test_lists_of_0d_tensors_are_numbers() -> None:
    (chart,) = charts("plt.plot([torch.tensor(1.0), torch.tensor(2)])\nplt.show()\n")
    assert values(chart.axes[0].series[0].y) == [1.0, 2.0]


@pytest.mark.parametrize(
    "series",
    [
        Series("pie"),
        Series("line", x=b"1234567"),
        Series("line", x=bytes(8)),
        Series("image", values=bytes(24), rows=2),
    ],
)
def test_a_chart_that_no_program_makes_is_refused(series: Series) -> None:
    with pytest.raises(ValueError, match=r"series|rows|points"):
        check_chart(Chart((Axes((series,)),)))


def test_steps_error_bars_and_matrices_are_drawn_by_what_there_is() -> None:
    step, bars, matrix = charts(
        "plt.step([0, 1, 2], [5, 6, 7])\nplt.show()\n"
        "plt.errorbar([1, 2], [3, 4], yerr=[0.1, 0.2], fmt='o', label='e')\nplt.show()\n"
        "plt.matshow(torch.ones(2, 3))\n"
    )
    (series,) = step.axes[0].series
    assert (values(series.x), values(series.y)) == ([0.0, 0.0, 1.0, 1.0, 2.0], [5.0, 6.0, 6.0, 7.0, 7.0])
    (series,) = bars.axes[0].series
    assert (series.label, values(series.y)) == ("e", [3.0, 4.0])
    (series,) = matrix.axes[0].series
    assert (series.kind, series.rows) == ("image", 2)


def test_styles_and_colour_maps_are_accepted() -> None:
    (chart,) = charts(
        "plt.style.use('ggplot')\nwith plt.style.context('dark_background'):\n    ax = plt.axes()\n"
        "    ax.imshow(torch.ones(2, 2), cmap=plt.cm.viridis)\nplt.minorticks_on()\n"
    )
    assert chart.axes[0].series[0].kind == "image"


def test_limits_that_are_no_numbers_are_an_error_as_in_matplotlib() -> None:
    for line in ("plt.xlim(0, float('nan'))", "plt.axis([0, 1, 0, float('inf')])"):
        recording = run_program(START + line)
        assert recording.error is not None
        assert recording.error.message == "Axis limits cannot be NaN or Inf"


def test_a_contour_runs_where_the_field_has_its_level() -> None:
    (chart,) = charts(
        "import numpy as np\nx = np.linspace(-2, 2, 41)\nX, Y = np.meshgrid(x, x)\n"
        "plt.contourf(X, Y, X**2 + Y**2, levels=5)\nplt.contour(X, Y, X**2 + Y**2, levels=[1.0], colors='k')\n"
        "plt.plot([0, 1], [0, 1])\nplt.show()\n"
    )
    plane, line, path = chart.axes[0].series
    assert (plane.kind, values(plane.x), values(plane.y), plane.rows) == ("image", [-2, 2], [-2, 2], 41)
    assert len(set(values(plane.values))) <= 6
    assert (line.kind, line.colour, path.kind) == ("line", "black", "line")
    radius = np.hypot(values(line.x), values(line.y))
    assert np.isnan(radius).sum() * 3 == len(radius)
    assert np.nanmax(abs(radius - 1)) < 0.01  # the unit circle
    check_chart(chart)


def test_an_image_over_an_extent_has_its_lowest_row_first() -> None:
    (chart,) = charts("plt.imshow([[1, 2], [3, 4]], extent=(0, 1, 0, 1))\nplt.imshow([[1, 2]], origin='lower')\n")
    over, lower = chart.axes[0].series
    assert (values(over.x), values(over.values)) == ([0, 1], [3, 4, 1, 2])
    assert (values(lower.x), values(lower.y)) == ([-0.5, 1.5], [-0.5, 0.5])


@pytest.mark.parametrize(
    "program",
    [
        "ax = plt.gca()\nax.plot([1])\nax.spines['top'].set_visible(False)\nax.spines.right.set_color('none')",
        "ax = plt.gca()\nax.spines[['top']].set_visible(False)\nline, = ax.plot([1])\nax.legend([line], ['a'])",
        "import matplotlib as mpl\nmpl.rcParams['font.size'] = 12\nplt.rcParams.update({'a': 1})\nplt.plot([1])",
        "plt.plot([1], color=plt.get_cmap('viridis')(0.5))\nplt.plot([1], color=plt.cm.Greys_r(3))",
        "colours = plt.rcParams['axes.prop_cycle'].by_key()['color']\nplt.plot([1], color=colours[1])",
        "fig = plt.figure()\ngrid = fig.add_gridspec(2, 2)\nfig.add_subplot(grid[0, :]).plot([1])",
        "fig, axd = plt.subplot_mosaic([['a', 'b']])\naxd['b'].plot([1])",
        "ax = plt.figure().add_axes([0, 0, 1, 1])\nax.stem([1, 2])\nax.vlines([1], 0, 1)\nax.hlines(0, 0, 1)",
        "plt.plot([1, 2])\nplt.savefig('loss.png', dpi=200)",
    ],
)
def test_what_course_notebooks_polish_with_is_accepted(program: str) -> None:
    assert charts(program)


def test_a_second_scale_has_axes_of_its_own() -> None:
    (chart,) = charts("fig, ax = plt.subplots()\nax.plot([1])\nax.twinx().plot([100], 'r')\n")
    assert [len(axes.series) for axes in chart.axes] == [1, 1]


def test_limits_that_were_not_set_are_what_the_series_cover() -> None:
    recording = run_program(START + "plt.plot([0, 10], [0, 1])\nprint(plt.xlim(), plt.gca().get_ylim())\n")
    printed = "".join(step.text for step in recording.frame(len(recording.stops)).printed())
    assert printed == "(-0.5, 10.5) (-0.05, 1.05)\n"


def test_an_image_is_painted_in_the_map_the_program_names() -> None:
    (chart,) = charts("plt.imshow([[1, 2]], cmap='gray')\nplt.scatter([1, 2], [1, 2], c=[0, 1], cmap=plt.cm.Blues)\n")
    assert [series.colour for series in chart.axes[0].series] == ["gray", "Blues"]
    assert shades("gray", np.array([0.0, 0.5, 1.0]))[:, 0].tolist() == [0, 0.5, 1]
    assert shades("gray_r", np.array([0.0]))[0].tolist() == [1, 1, 1]
    assert known("viridis_r")
    assert not known("nothing")
