"""A parent reports at a narrow telephone, in real Chromium, without a script."""

import pytest

LANGS = ("zh-Hans", "en")


@pytest.mark.parametrize("lang", LANGS)
def test_a_report_is_sent_without_a_script_at_320_px(stage, person, lang):
    stage.start()
    parent = person(lang)
    parent.go("/report")
    t = parent.t
    parent.choose(t["category"], t["lost-child"])
    parent.type_in(t["place"], "临泉")
    parent.choose(t["custody"], t["custody-none"])
    parent.choose(t["protection"], t["no"])
    parent.press(t["send"])
    parent.reads(t["sent"])
    parent.reads(t["state-provisional"])
