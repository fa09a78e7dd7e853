"""Every way to tamper with a chain is found, and found where it was done."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.engines.audit import GENESIS, canonical, commitment_to, mac_of
from civicloop.engines.audit.checking import FaultKind, Head, Link, check_chain

KEY = b"k" * 32
KEYS = {"one": KEY}
MAC = 32


def chain_of(count):
    links, before = [], GENESIS
    for number in range(1, count + 1):
        content = canonical({"n": number})
        before = mac_of(content, after=before, key=KEY)
        links.append(
            Link(event=number * 10, position=number, key_id="one", mac=before, content=content)
        )
    return links


def faults(links, head=None, **more):
    end = head or Head(position=links[-1].position, mac=links[-1].mac)
    return list(check_chain(links, chain=1, keys=KEYS, head=end, **more))


def places(found):
    return {place for fault in found for place in range(fault.position, fault.last + 1)}


lengths = st.integers(min_value=5, max_value=20)


@given(length=st.integers(min_value=0, max_value=40))
def test_whole_chain_has_no_fault(length):
    links = chain_of(length)
    head = Head(position=length, mac=links[-1].mac if links else GENESIS)

    assert not faults(links, head)


@given(length=lengths, data=st.data())
def test_edited_record_is_named_and_no_other(length, data):
    links = chain_of(length)
    where = data.draw(st.integers(0, length - 1))
    links[where] = replace(links[where], content=canonical({"n": "forged"}))

    [fault] = faults(links)

    assert (fault.kind, fault.event) == (FaultKind.CHANGED, links[where].event)


@given(length=lengths, data=st.data())
def test_changed_code_is_named_and_no_other(length, data):
    links = chain_of(length)
    where = data.draw(st.integers(0, length - 2))
    links[where] = replace(links[where], mac=b"\x07" * MAC)

    [fault] = faults(links)

    assert (fault.kind, fault.event) == (FaultKind.CHANGED, links[where].event)


@given(length=lengths, data=st.data())
def test_deleted_records_leave_a_gap_that_is_named(length, data):
    links = chain_of(length)
    first = data.draw(st.integers(0, length - 2))
    last = data.draw(st.integers(first, length - 2))

    [fault] = faults([*links[:first], *links[last + 1 :]])

    assert fault.kind == FaultKind.MISSING
    assert (fault.position, fault.last) == (first + 1, last + 1)


@given(length=lengths, data=st.data())
def test_gap_closed_by_new_places_is_found_at_the_record_behind_it(length, data):
    links = chain_of(length)
    where = data.draw(st.integers(1, length - 2))
    behind = [replace(link, position=link.position - 1) for link in links[where + 1 :]]

    [fault] = faults([*links[:where], *behind])

    assert (fault.kind, fault.event) == (FaultKind.CHANGED, links[where + 1].event)


@given(length=lengths, data=st.data())
def test_forged_record_put_between_is_named_and_no_other(length, data):
    links = chain_of(length)
    where = data.draw(st.integers(1, length - 1))
    content = canonical({"n": "forged"})
    forged = Link(event=5, position=where + 1, key_id="one", mac=b"\x07" * MAC, content=content)
    behind = [replace(link, position=link.position + 1) for link in links[where:]]

    [fault] = faults([*links[:where], forged, *behind])

    assert (fault.kind, fault.event) == (FaultKind.INSERTED, 5)


@given(length=lengths, data=st.data())
def test_copy_of_a_record_put_elsewhere_is_named(length, data):
    links = chain_of(length)
    of = data.draw(st.integers(0, length - 3))
    to = data.draw(st.integers(of + 2, length - 1))
    copy = replace(links[of], event=5, position=to + 1)
    behind = [replace(link, position=link.position + 1) for link in links[to:]]

    [fault] = faults([*links[:to], copy, *behind])

    assert (fault.kind, fault.event) == (FaultKind.INSERTED, 5)


@given(length=lengths, data=st.data())
def test_two_records_that_changed_places_are_both_named(length, data):
    links = chain_of(length)
    one = data.draw(st.integers(0, length - 2))
    other = data.draw(st.integers(one + 1, length - 1))
    swapped = list(links)
    swapped[one] = replace(links[other], position=one + 1)
    swapped[other] = replace(links[one], position=other + 1)

    found = faults(swapped, Head(position=length, mac=links[-1].mac))

    named = {fault.event for fault in found if fault.kind != FaultKind.HEAD_CHANGED}
    assert named == {links[one].event, links[other].event}


@given(length=lengths, data=st.data())
def test_numbers_of_two_records_that_were_exchanged_are_found(length, data):
    links = chain_of(length)
    one = data.draw(st.integers(0, length - 2))
    other = data.draw(st.integers(one + 1, length - 1))
    swapped = list(links)
    swapped[one] = replace(links[one], event=links[other].event)
    swapped[other] = replace(links[other], event=links[one].event)

    found = faults(swapped)

    assert {fault.kind for fault in found} == {FaultKind.MOVED}
    assert places(found) & {one + 1, other + 1, one + 2}


@given(length=lengths, data=st.data())
def test_records_cut_off_are_found_by_the_head_and_without_it_by_an_anchor(length, data):
    links = chain_of(length)
    kept = links[: data.draw(st.integers(1, length - 1))]
    anchored = {length: links[-1].mac}

    by_head = faults(kept, Head(position=length, mac=links[-1].mac))
    unnoticed = faults(kept)
    [by_anchor] = faults(kept, anchored=anchored)

    assert places(by_head) == set(range(len(kept) + 1, length + 1))
    assert not unnoticed
    assert (by_anchor.kind, by_anchor.position) == (FaultKind.CUT_OFF, length)


def test_head_set_to_another_code_is_found():
    links = chain_of(5)

    [fault] = faults(links, Head(position=5, mac=links[0].mac))

    assert fault.kind == FaultKind.HEAD_CHANGED


def test_records_of_a_key_that_is_gone_are_named():
    links = chain_of(3)
    links[1] = replace(links[1], key_id="gone")

    [fault] = faults(links)

    assert (fault.kind, fault.event) == (FaultKind.KEY_UNKNOWN, 20)


def test_of_a_chain_forged_whole_every_record_is_named():
    links = [replace(link, content=canonical({"n": "x"})) for link in chain_of(80)]

    assert {fault.event for fault in faults(links)} == {link.event for link in links}


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(content=st.dictionaries(st.text(), json_values, max_size=4))
def test_order_of_keys_does_not_change_the_spelling(content):
    assert canonical(dict(reversed(content.items()))) == canonical(content)


@pytest.mark.parametrize(("written", "read"), [(1.0, 1), (1e16, 10**16), (-0.0, 0)])
def test_whole_numbers_have_one_spelling(written, read):
    assert canonical({"n": [written]}) == canonical({"n": [read]})


def test_number_that_json_does_not_know_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        canonical({"n": float("nan")})


def test_commitment_tells_the_same_text_and_nothing_else():
    told = [commitment_to(text, purpose="mobile", key=KEY) for text in ("1", "1", "2")]

    assert told[0] == told[1] != told[2]
    assert commitment_to("1", purpose="card", key=KEY) != told[0]
