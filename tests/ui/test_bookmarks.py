"""Bookmarks as a file keeps them: what is not one is left out, and no file can make the window look nowhere."""

from __future__ import annotations

from ui.find.bookmarks import Bookmark, Look, add, from_view, remove, taken, to_view
from ui.graph.camera import CLOSEST, Camera
from ui.store import Store
from visgrad.picture.options import ViewOptions


def test_bookmarks_survive_a_file() -> None:
    store = Store()
    store.options = ViewOptions(detail=0.5, unfolded=(2,), folded=(1, 4), direction="down", colour="dtype")
    add(store, taken(store, Camera(3.0, 4.0, 0.5), "here"))
    add(store, taken(store, None, "all"))
    kept = to_view(store.bookmarks, taken(store, None, ""))
    found, now = from_view(kept)
    assert found == store.bookmarks
    assert now is not None
    assert now.options(ViewOptions()) == store.options
    assert found[0].camera == Camera(3.0, 4.0, 0.5)
    assert found[1].camera is None


def test_a_bookmark_of_the_same_name_takes_the_place_of_the_old_one() -> None:
    store = Store()
    add(store, Bookmark("a", 1))
    add(store, Bookmark("b", 2))
    add(store, Bookmark("a", 3))
    assert [(one.name, one.position) for one in store.bookmarks] == [("b", 2), ("a", 3)]
    remove(store, store.bookmarks[0])
    assert [one.name for one in store.bookmarks] == ["a"]


def test_what_is_no_bookmark_in_a_file_is_left_out() -> None:
    good = {"name": "good", "position": 3}
    wrong = [{"name": 3, "position": 1}, {"position": 1}, 7, None, {"name": " ", "position": 1}, {**good, "look": [1]}]
    found, now = from_view({"bookmarks": [*wrong, good], "now": "nothing"})
    assert [one.name for one in found] == ["good"]
    assert now is None
    assert from_view({"bookmarks": 5}) == ((), None)
    assert from_view({}) == ((), None)


def test_a_camera_from_a_file_stays_within_reason() -> None:
    assert Bookmark("a", 0, Look(float("nan"), 0.0, 1.0)).camera is None
    far = Bookmark("a", 0, Look(1.0, 2.0, 1e9)).camera
    assert far is not None
    assert far.scale == CLOSEST
    options = Bookmark("a", 0, None, 7.0, colour="no such thing").options(ViewOptions())
    assert (options.detail, options.colour) == (1.0, "role")
