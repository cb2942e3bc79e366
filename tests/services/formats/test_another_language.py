"""docs/operating/translating.md, done: a folder and one line make a language."""

import json
import os
import shutil
import subprocess
import sys

from homeward.formats.catalogues.sources import domains, folder, forms, named, source

SAID = """
import json
from homeward.formats import texts
from homeward.formats.catalogues import LANGS, PAGES, kindred
from homeward.formats.catalogues.sources import compile_all, folder
from homeward.formats.linting import lint
from homeward.formats.linting.forms import DRILL, INVENTED
from homeward.formats.rosterfields import lang
compile_all(folder())
said = texts.alert(DRILL, INVENTED)
print(json.dumps({
    "langs": LANGS,
    "kindred": kindred("pt-PT"),
    "roster": lang("pt-BR"),
    "drafted": [one.lang for one in said],
    "chosen": texts.choose(said, "pt-BR").model_dump(),
    "page": PAGES["pt-BR"]["in-itself"],
    "slips": [[one.rule, one.lang, one.where, one.says] for one in lint(folder())],
}))
"""


def translated(new):
    """Write English again as another language, with the English beside each entry."""
    for domain in ("messages", "pages"):
        text = folder().joinpath("en", f"{domain}.po").read_text()
        text = text.replace('"Language: en\\n"', '"Language: pt_BR\\n"')
        for name, one in named(source(folder(), "en", domain)).items():
            entry = f'msgid "{name}"\n'
            assert text.count(entry) == 1
            text = text.replace(entry, f"#. {' | '.join(forms(one)).strip()}\n{entry}")
        text = text.replace('msgstr "[DRILL] "', 'msgstr "[SIMULACRO] "')
        text = text.replace('msgstr "English"', 'msgstr "Português"')
        new.joinpath(f"{domain}.po").write_text(text)


def test_a_folder_and_one_line_make_a_language(project, tmp_path):
    copy = tmp_path / "services" / "homeward"
    shutil.copytree(project / "services" / "homeward" / "formats", copy / "formats")
    ours = copy / "formats" / "catalogues"
    for domain in set(domains(folder())) - {"messages", "pages"}:
        for file in ours.glob(f"*/{domain}.?o"):
            file.unlink()
    ours.joinpath("pt-BR").mkdir()
    translated(ours / "pt-BR")
    named_here = ours / "languages.py"
    text = named_here.read_text()
    assert '"zh-Hant", "en")' in text
    named_here.write_text(text.replace('"zh-Hant", "en")', '"zh-Hant", "en", "pt-BR")'))

    ran = subprocess.run(
        [sys.executable, "-c", SAID],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "services")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["slips"] == []
    assert said["langs"] == said["drafted"] == ["zh-Hans", "zh-Hant", "en", "pt-BR"]
    assert (said["kindred"], said["roster"], said["page"]) == ("pt-BR", "pt-BR", "Português")
    assert said["chosen"]["title"].startswith("[SIMULACRO] Missing: girl, 4")
    assert "at 12 o'clock" in said["chosen"]["spoken"]  # figures until there is a speller
