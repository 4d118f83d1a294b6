from __future__ import annotations

import pytest

from api.__main__ import main
from graph.settings import Settings


def test_help_lists_every_setting_with_its_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    for line in Settings.table():
        assert f"  {line.name}\n      {line.description}\n" in printed
        assert line.allowed in printed
        assert not line.default or f"default {line.default}; " in printed
