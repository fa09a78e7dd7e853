"""XML and JSON say the same; the shapes are those of the specification's examples, made valid JSON."""

import json
from xml.etree.ElementTree import canonicalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.api.open311.formats import NO_XML, answer
from tests.api.open311.reading import from_xml, in_words

pytestmark = pytest.mark.one_database
SERVICES = (
    [{"service_code": "001", "service_name": "Cans left out", "description": "More than a day.",
      "metadata": True, "type": "realtime", "keywords": "lorem, ipsum", "group": "sanitation"}],
    """<services><service><service_code>001</service_code><service_name>Cans left out</service_name>
    <description>More than a day.</description><metadata>true</metadata><type>realtime</type>
    <keywords>lorem, ipsum</keywords><group>sanitation</group></service></services>""",
)  # fmt: skip
DEFINITION = (
    {"service_code": "DMV66", "attributes": [
        {"variable": True, "code": "WHISHETN", "datatype": "singlevaluelist", "required": True,
         "datatype_description": "", "order": 1, "description": "What is the ticket?",
         "values": [{"key": "123", "name": "Ford"}, {"key": "124", "name": "Chrysler"}]}]},
    """<service_definition><service_code>DMV66</service_code><attributes><attribute>
    <variable>true</variable><code>WHISHETN</code><datatype>singlevaluelist</datatype>
    <required>true</required><datatype_description></datatype_description><order>1</order>
    <description>What is the ticket?</description><values><value><key>123</key><name>Ford</name></value>
    <value><key>124</key><name>Chrysler</name></value></values></attribute></attributes>
    </service_definition>""",
)  # fmt: skip
POSTED = (
    [{"service_request_id": "293944", "service_notice": "The inspector will come.", "account_id": ""}],
    """<service_requests><request><service_request_id>293944</service_request_id>
    <service_notice>The inspector will come.</service_notice><account_id/></request>
    </service_requests>""",
)  # fmt: skip
ERRORS = (
    [{"code": "403", "description": "Invalid api_key received."}],
    """<errors><error><code>403</code><description>Invalid api_key received.</description></error>
    </errors>""",
)  # fmt: skip


@pytest.mark.parametrize("example", [SERVICES, DEFINITION, POSTED, ERRORS])
def test_the_specifications_examples_are_written_as_it_writes_them(example):
    said, xml = example
    root = xml[1 : xml.index(">")]

    written = answer(root, said, "xml").content.decode()

    assert canonicalize(written) == canonicalize(xml, strip_text=True)
    assert json.loads(answer(root, said, "json").content) == said
    assert from_xml(written.encode()) == in_words(said)


def test_xml_says_its_encoding_and_its_type():
    response = answer("errors", [], "xml", 404)

    assert response.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert (response["Content-Type"], response.status_code) == ("text/xml; charset=utf-8", 404)


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.fixed_dictionaries({"code": WORDS, "description": WORDS}), max_size=4))
def test_whatever_is_said_both_say_it(said):
    """Of what XML cannot spell, control characters, nothing is left there."""
    spelled = [{name: NO_XML.sub("", word) for name, word in error.items()} for error in said]
    xml, in_json = answer("errors", said, "xml").content, answer("errors", said, "json").content

    assert json.loads(in_json) == said
    assert from_xml(xml) == [
        {name: word.replace("\r\n", "\n").replace("\r", "\n") for name, word in error.items()}
        for error in spelled
    ]
