from io import StringIO

from django.utils import translation

from civicloop.apps.issues.progress import progress_line


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_redraws_one_line_and_ends_it():
    terminal = Terminal()
    with translation.override("en"):
        show = progress_line(terminal)

        show("classify", 0, 1000)
        show("classify", 1, 1000)
        show("classify", 1000, 1000)

    lines = [line.strip() for line in terminal.getvalue().split("\r")[1:]]
    assert [line.split("\033")[0] for line in lines] == [
        "suggesting topics: 0/1,000",
        "suggesting topics: 1,000/1,000",
    ]
    assert terminal.getvalue().endswith("\n")


def test_a_file_gets_no_progress():
    assert progress_line(StringIO()) is None
