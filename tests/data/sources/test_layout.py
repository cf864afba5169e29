"""Folders as people have them are understood, and whatever is left out or assumed is said."""

from collections import Counter

import pytest

from sslviz.data.sources.layout import Layout, arrange

TWO = ("cats", "dogs")


def files(n: int, *classes: str, under: str = "") -> list[str]:
    return [f"{under}{name}/{k}.png" for name in classes for k in range(n)]


def said(layout: Layout) -> str:
    return " ".join(layout.notes)


def counts(layout: Layout) -> tuple[dict[str, int], dict[str, int]]:
    """Class -> how many pictures, in training and in test."""
    sides = (layout.train_labels, layout.test_labels)
    assert None not in sides
    found = [dict(Counter(layout.classes[label] for label in labels or ())) for labels in sides]
    return found[0], found[1]


# --- what stands around the classes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "strays",
    [
        ["cover.png"],
        ["a.png", "b.png", "c.png"],
        ["thumbs/logo.png", "cover.png"],
        ["docs/1.png", "docs/2.png"],
    ],
)
@pytest.mark.parametrize("around", ["pets/", "download/pets/"])
def test_strays_beside_a_wrapper_hide_no_labels(around: str, strays: list[str]) -> None:
    found = arrange(files(10, *TWO, under=around) + strays)
    assert found.classes == TWO
    assert f"{len(strays)} picture" in said(found)
    assert f"beside the folder {around.split('/')[0]} left out" in said(found)


@pytest.mark.parametrize("around", ["pets/", "download/pets/"])
def test_strays_beside_a_wrapper_do_not_hide_the_split(around: str) -> None:
    names = files(10, *TWO, under=f"{around}train/") + files(3, *TWO, under=f"{around}test/")
    found = arrange([*names, *(f"samples/{k}.png" for k in range(9))])  # nine are no few, but there is a split inside
    assert counts(found) == ({"cats": 10, "dogs": 10}, {"cats": 3, "dogs": 3})
    assert "9 pictures " in said(found)
    assert "left out" in said(found)


def test_a_large_class_with_sub_folders_is_no_wrapper() -> None:
    found = arrange(files(50, "vid1", "vid2", under="a/") + files(10, "b"))
    assert found.classes == ("a", "b")


# --- given splits -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("training_set/", "test_set/"),
        ("training_set/training_set/", "test_set/test_set/"),
        ("seg_train/seg_train/", "seg_test/seg_test/"),
        ("Train Images/", "Test Images/"),
        ("TrainImages/", "TestImages/"),
        ("trainset/", "testset/"),
        ("train/", "dev/"),
        ("train/", "eval/"),
        ("train/", "valid/"),
        ("pets/train/", "pets/Validation/"),
        ("train/images/", "test/images/"),
        ("train2017/", "val2017/"),
        ("images/train/", "images/val/"),
        ("Ｔｒａｉｎ/", "Ｔｅｓｔ/"),  # full width
    ],
)
def test_the_names_that_splits_have(train: str, test: str) -> None:
    found = arrange(files(10, *TWO, under=train) + files(3, *TWO, under=test))
    assert found.classes == TWO
    assert counts(found) == ({"cats": 10, "dogs": 10}, {"cats": 3, "dogs": 3})
    assert found.notes == ()
    assert found.split.startswith("the folders ")


def test_the_split_may_lie_inside_the_classes() -> None:
    found = arrange(
        files(8, "train", under="cats/") + files(2, "test", under="cats/") + files(8, "train", under="dogs/")
    )
    assert counts(found) == ({"cats": 8, "dogs": 8}, {"cats": 2})
    assert "Class dogs has no test pictures" in said(found)


def test_the_class_may_stand_in_the_name_of_the_split() -> None:
    found = arrange([f"{side}{c}/{k}.jpg" for side in ("train", "test") for c in "AB" for k in range(5)])  # CycleGAN
    assert found.classes == ("a", "b")
    assert (len(found.train), len(found.test)) == (10, 10)
    found = arrange(files(6, "cats_train", "dogs_train", "cats_test", "dogs_test"))
    assert found.classes == TWO


def test_pictures_to_predict_are_left_out() -> None:
    names = files(9, *TWO, under="seg_train/") + files(3, *TWO, under="seg_test/") + files(5, "seg_pred")
    found = arrange(names)
    assert found.classes == TWO
    assert "5 pictures outside the seg_train and seg_test folders left out" in said(found)


@pytest.mark.parametrize(
    "classes",
    [
        ("train", "car", "bus"),
        ("train station", "test tube"),
        ("bullet train", "car"),
        ("training", "sleeping"),
        ("a", "test"),
    ],
)
def test_classes_that_only_sound_like_a_split(classes: tuple[str, ...]) -> None:
    assert arrange(files(5, *classes)).classes == tuple(sorted(classes))


def test_the_same_folders_in_every_class_are_told() -> None:
    found = arrange(files(6, *TWO, under="Set1/") + files(6, *TWO, under="Set2/"))
    assert found.classes == ("Set1", "Set2")
    assert "repeat in each of them (cats and dogs" in said(found)


# --- spelling ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("Cats", "cats", "Cats"),
        ("caf\u00e9", "cafe\u0301", "caf\u00e9"),
        ("cats", "cats ", "cats"),
        ("hot dog", "hot_dog", "hot dog"),
        ("Cats", "\uff23\uff41\uff54\uff53", "Cats"),
        ("hot  dog", "Hot Dog", "hot  dog"),
    ],
)
def test_one_class_in_two_spellings(one: str, other: str, shown: str) -> None:
    found = arrange(files(9, one, "tea", under="train/") + files(3, other, "tea", under="test/"))
    assert counts(found) == ({shown: 9, "tea": 9}, {shown: 3, "tea": 3})
    assert "taken for one class" in said(found)


def test_letters_and_signs_stay_apart() -> None:
    assert arrange(files(5, "A", "a", "b")).classes == ("A", "a", "b")
    assert arrange(files(5, "A", "b", under="train/") + files(5, "a", "b", under="test/")).classes == ("A", "b")
    assert arrange(files(5, "-1", "1")).classes == ("-1", "1")


# --- classes on one side only -----------------------------------------------------------------------------------------


def test_classes_without_training_or_without_test_pictures() -> None:
    found = arrange(files(12, "a", "c", under="train/") + files(6, "a", "b", under="test/"))
    assert found.classes == ("a", "b", "c")
    assert "Class b has no training pictures" in said(found)
    assert "Class c has no test pictures" in said(found)
    found = arrange(files(12, "0_cat", "1_dog", under="train/") + files(6, "cat", "dog", under="test/"))
    assert "Train and test share no class" in said(found)


def test_the_only_picture_of_a_class_stays_in_training() -> None:
    found = arrange(files(100, "a") + files(1, "b", "c", "d", "e"))
    train, test = counts(found)
    assert [train[name] for name in "bcde"] == [1] * 4
    assert test == {"a": 20}
    assert "Classes b, c, d and 1 more have no test pictures" in said(found)


def test_one_picture_per_class_is_no_label() -> None:
    found = arrange(files(1, *"abcdefghij"))
    assert (found.classes, len(found.train), len(found.test)) == ((), 8, 2)
    assert "one picture only" in said(found)


# --- masks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("images", "masks"), [("images", "masks"), ("JPEGImages", "SegmentationClass"), ("img", "gt")])
def test_masks_beside_the_pictures_are_no_class(images: str, masks: str) -> None:
    found = arrange(files(20, images, masks))
    assert found.classes == ()
    assert len(found.train) + len(found.test) == 20
    assert f"20 pictures in {masks} left out: they are masks" in said(found)


def test_masks_inside_the_classes_and_in_the_names() -> None:
    found = arrange(files(9, "images", "masks", under="cats/") + files(9, "images", "masks", under="dogs/"))
    assert found.classes == TWO
    assert len(found.train) + len(found.test) == 18
    names = [
        f"{c}/{c} ({k}){end}.png" for c in ("benign", "normal") for k in range(9) for end in ("", "_mask", "_mask_1")
    ]
    found = arrange(names)
    assert found.classes == ("benign", "normal")
    assert "36 pictures left out that are called as the masks of others" in said(found)
    found = arrange([f"{folder}/{k}.png" for folder in ("train", "train_masks", "test") for k in range(9)])  # Carvana
    assert (len(found.train), len(found.test)) == (9, 9)


def test_people_with_and_without_masks_are_classes() -> None:
    assert arrange(files(9, "mask", "no_mask")).classes == ("mask", "no_mask")
    assert arrange(files(9, "with_mask", "without_mask")).classes == ("with_mask", "without_mask")


# --- what stays on one side -------------------------------------------------------------------------------------------


def test_the_frames_of_a_video_stay_on_one_side() -> None:
    names = [f"{c}/vid{v}/{t:03}.png" for c in TWO for v in range(6) for t in range(20)] + files(50, "cows")
    found = arrange(names)
    sides = [
        {names[row].rsplit("/", 1)[0] for row in rows if "vid" in names[row]} for rows in (found.train, found.test)
    ]
    assert not sides[0] & sides[1]
    assert counts(found)[1] == {"cats": 20, "dogs": 20, "cows": 10}
    assert "whole ones are held out" in said(found)


def test_copies_stay_on_one_side() -> None:
    names = files(100, *TWO)
    copies = {row: row // 4 * 4 for row in range(200) if row % 4}
    found = arrange(names, copies)
    assert not {copies.get(row, row) for row in found.train} & {copies.get(row, row) for row in found.test}
    assert 30 <= len(found.test) <= 50
    assert "150 pictures are copies of others" in said(found)


def test_a_picture_that_lies_in_two_classes_is_not_trained_and_tested() -> None:
    copies = {100 + row: row for row in range(100)}  # every cat is a dog as well
    found = arrange(files(100, *TWO), copies)
    assert not {copies.get(row, row) for row in found.train} & {copies.get(row, row) for row in found.test}


def test_copies_across_a_given_split_are_counted_and_left_as_they_are() -> None:
    found = arrange(files(5, *TWO, under="train/") + files(5, *TWO, under="test/"), {12: 2, 13: 3})
    assert (len(found.train), len(found.test)) == (10, 10)
    assert "2 pictures of the test split also in the training split" in said(found)
