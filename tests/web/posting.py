"""Fill in and send every form that somebody is offered: what answers to it is read like any page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.db import transaction
from django.test import Client
from django.urls import resolve

LEFT_OUT = ("logout", "language")
OF_THE_PAGE = {"csrfmiddlewaretoken", "seen_version", "seen", "token"}
FORGED = ("\0", "-1", str(10**20))


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)  # names of boxes that somebody writes into
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def forged(self) -> Iterator[Mapping[str, str]]:
        """With what no page offers in every box, and what the page itself put in left as it is."""
        for value in FORGED:
            yield {**self.fields, **dict.fromkeys(self.fields.keys() - OF_THE_PAGE, value)}

    def as_sent(self, words: str) -> Iterator[Mapping[str, str]]:
        """As it stands on the page, and with words in every box; once for each of its buttons."""
        for button in self.buttons or [None]:
            own = {**self.fields, **dict([button] if button else [])}
            yield own
            if self.texts:
                yield {**own, **dict.fromkeys(self.texts, words)}


class _Forms(HTMLParser):
    """The forms of a page that change something, and the parts that send by themselves (hx-post)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._open = ("", "")  # select or textarea, with its name

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin(has)
        form = self._by_id.get(has.get("form", ""), self._form)
        if "hx-post" in has:
            own = Form(urljoin(self.page, has["hx-post"]))
            self.forms.append(Form(own.action, form.fields, form.texts) if form else own)
        if form is None:
            return
        if tag == "option":
            self._option(form, has)
        elif has.get("name"):
            self._control(form, tag, has)

    def _begin(self, has: Mapping[str, str]) -> None:
        self._form = Form(urljoin(self.page, has.get("action") or self.page))
        self._by_id[has.get("id", "?")] = self._form
        if has.get("method", "").lower() == "post":
            self.forms.append(self._form)

    def _option(self, form: Form, has: Mapping[str, str]) -> None:
        what, name = self._open
        if what == "select" and not form.fields.get(name):
            form.fields[name] = has.get("value", "")

    def _control(self, form: Form, tag: str, has: Mapping[str, str]) -> None:
        name, value, kind = has["name"], has.get("value", ""), has.get("type", "text")
        if tag in {"select", "textarea"}:
            self._open = tag, name
            form.fields[name] = ""
            form.texts |= {name} if tag == "textarea" else set()
        elif tag == "button" or kind in {"submit", "image"}:
            if "formaction" in has:
                form = Form(urljoin(self.page, has["formaction"]), form.fields, form.texts)
                self.forms.append(form)
            form.buttons.append((name, value))
        elif kind in {"radio", "checkbox"}:
            form.fields.setdefault(name, value or "on")
        elif kind != "file":
            form.fields[name] = value
            form.texts |= {name} if kind in {"text", "search"} else set()

    def handle_data(self, data: str) -> None:
        what, name = self._open
        if what == "textarea" and self._form:
            self._form.fields[name] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == self._open[0]:
            self._open = ("", "")


class Answer(str):
    """What came back, up to the page that it led to, with what was sent."""

    route: str
    asked: str


class _UndoneError(Exception):
    pass


def answers_to_forms(client: Client, paths: Iterable[str], words: str) -> Iterator[Answer]:
    """What answers to each form that the pages offer; its change is undone before the next is sent."""
    for form in forms_offered(client, paths):
        for said in (*form.as_sent(words), *form.forged()):
            yield _answer(client, form.action, said)


def forms_offered(client: Client, paths: Iterable[str]) -> Iterator[Form]:
    """Each form that the pages offer, once."""
    seen = set()
    for path in dict.fromkeys(paths):
        for form in forms_on(client, path):
            key = urlsplit(form.action).path, *sorted(form.fields)
            if key not in seen and not any(part in form.action for part in LEFT_OUT):
                seen.add(key)
                yield form


def answers_to_nothing(client: Client, paths: Iterable[str]) -> Iterator[Answer]:
    """What answers to an empty form that is sent to each address, offered or not."""
    for path in dict.fromkeys(paths):
        if not any(part in path for part in LEFT_OUT):
            yield _answer(client, path, {})


def _answer(client: Client, action: str, said: Mapping[str, str]) -> Answer:
    answer = Answer(sent(client, action, said))
    answer.route = resolve(urlsplit(action).path).view_name
    answer.asked = f"{action} {' '.join(said.values())}"
    return answer


def forms_on(client: Client, path: str) -> list[Form]:
    response = client.get(path)
    if response.streaming:
        b"".join(response.streaming_content)  # and so close the file
        return []
    if "html" not in response.headers.get("Content-Type", ""):
        return []
    parser = _Forms(path)
    parser.feed(response.text)
    return parser.forms


def sent(client: Client, action: str, said: Mapping[str, str]) -> str:
    """What answers to a form, up to the page that it leads to; what it changed is undone."""
    cookies = dict(client.cookies)
    try:
        with transaction.atomic():
            response = client.post(action, said, follow=True)
            parts = response.streaming_content if response.streaming else [response.content]
            body = b"".join(parts).decode("utf-8", "replace")
            raise _UndoneError
    except _UndoneError:
        client.cookies.clear()
        client.cookies.update(cookies)
    return f"{response.status_code}\n{body}\n{response.headers}"
