"""A table's settings as people write them."""

from __future__ import annotations

import pytest

from hangman_net.game.settings import KEYS, SettingError, Settings, allowed, changed, describe, shown

CHOICES = {"mode": ("coop", "turns"), "art": ("gallows", "none"), "words": ("animals", "Food")}


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("mode", "turns", "turns"),
        ("mode", " TURNS ", "turns"),
        ("lives", "1", 1),
        ("lives", "15", 15),
        ("words", "food", "Food"),
        ("words", "any", None),
        ("level", "easy", "easy"),
        ("level", "any", None),
        ("strict", "on", True),
        ("strict", "No", False),
        ("bare", "0", False),
        ("keep", "true", True),
        ("turn", "45", 45),
        ("limit", "0", 0),
        ("art", "none", "none"),
    ],
)
def test_a_setting_is_read(name, typed, value):
    new = changed(Settings(), name, typed, CHOICES)
    assert getattr(new, name) == value
    assert changed(new, name, shown(new, KEYS[name]), CHOICES) == new


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("speed", "1", "there is no setting 'speed'"),
        ("mode", "chess", "coop or turns"),
        ("mode", "any", "coop or turns"),
        ("lives", "0", "1 to 15"),
        ("lives", "16", "1 to 15"),
        ("lives", "6.5", "1 to 15"),
        ("lives", "٦", "1 to 15"),
        ("lives", "9" * 5000, "1 to 15"),
        ("lives", "", "1 to 15"),
        ("strict", "maybe", "on or off"),
        ("words", "nouns", "animals or Food"),
        ("level", "hardest", "any, easy, medium or hard"),
    ],
)
def test_what_it_cannot_be_is_refused_with_what_it_may_be(name, typed, says):
    with pytest.raises(SettingError, match=says):
        changed(Settings(), name, typed, CHOICES)


def test_every_field_is_a_setting_with_its_help():
    assert set(KEYS) == set(Settings.__struct_fields__)
    assert all(key.help and describe(key, CHOICES) for key in KEYS.values())


def test_every_default_is_a_value_it_may_have():
    for name, key in KEYS.items():
        assert changed(Settings(), name, shown(Settings(), key), CHOICES) == Settings()


def test_a_list_without_words_has_still_a_description():
    assert describe(KEYS["words"], {}) == "a name"
    assert allowed(KEYS["lives"], CHOICES) == ()
