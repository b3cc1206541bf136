"""Contact cards: a line that cannot be read costs no other line of its card, and the true reason is shown."""

from __future__ import annotations

import pytest

from tests.assets.sources.support import grid, reading


def cards(*bodies: str) -> bytes:
    return "".join(
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann {place}\r\n{body}\r\nEND:VCARD\r\n" for place, body in enumerate(bodies)
    ).encode()


@pytest.mark.parametrize(
    "line",
    [
        "PHOTO;ENCODING=b:AAA!!",  # not base64: the library's error was about padding, and the whole card was lost
        "PHOTO;ENCODING=BASE64;TYPE=JPEG:/9j/4AAQ\r\nSkZJRgABAQ==",  # not folded, as phones write it
        "PROFILE:vCard",  # allowed by RFC 2426, refused by the library
    ],
)
def test_a_photo_or_profile_that_cannot_be_read_costs_nothing_else(line: str) -> None:
    assert grid(cards(f"{line}\r\nTEL:+1 212 555 0100")) == [["FN", "TEL"], ["Ann 0", "+1 212 555 0100"]]
    assert not reading(cards(line)).sheets[0].faults


def test_pictures_are_not_read_and_said() -> None:
    (sheet,) = reading(cards("PHOTO;ENCODING=b:AAAA", "LOGO:https://x.example/logo.png")).sheets
    assert sheet.notes == ["2 pictures, sounds or keys of contact cards are not read"]


def test_a_line_that_is_none_is_kept_and_said_with_its_own_reason() -> None:
    data = cards("NICKNAME\r\nTEL:+1 212 555 0100", "TEL:5")
    assert grid(data) == [
        ["FN", "TEL", "unreadable line"],
        ["Ann 0", "+1 212 555 0100", "NICKNAME"],
        ["Ann 1", "5", None],
    ]
    (fault,) = reading(data).sheets[0].faults
    assert (fault.row, fault.column, fault.value) == (2, 2, "NICKNAME")
    assert fault.reason == "is no line of a contact card: it has no colon behind a name"


def test_cards_that_are_cut_off_are_read() -> None:
    assert grid(b"BEGIN:VCARD\nFN:Ann\nBEGIN:VCARD\nFN:Bob\nEND:VCARD\nBEGIN:VCARD\nFN:Cem\n") == [
        ["FN"],
        ["Ann"],
        ["Bob"],
        ["Cem"],
    ]


def test_soft_breaks_of_quoted_printable_are_one_line() -> None:
    note = "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:a=C3=A9=\r\n=C3=A9"
    assert grid(cards(f"{note}\r\nBADLINE"))[1] == ["Ann 0", "aéé", "BADLINE"]
