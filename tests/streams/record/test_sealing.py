import base64

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from homeward.record.sealing import (
    ALGORITHM,
    CannotOpen,
    Derived,
    open_sealed,
    seal,
    subject_of,
)

KEY, NONCE = b"k" * 32, b"n" * 12
WHERE = {"log": "log.example/drill", "stream": "case-1", "fact_id": "f-1"}
TEXT = '"林小禾"'


def sealed(text=TEXT, key=KEY, field="note"):
    derived = Derived.of(key)
    return seal(text, derived=derived, nonce=NONCE, subject="s_1", field=field, **WHERE)


def opened(one, entry=None, ciphertext=None, key=KEY, **where):
    return open_sealed(
        entry or one.entry(),
        one.ciphertext if ciphertext is None else ciphertext,
        data_key=key,
        **{**WHERE, **where},
    )


@given(st.text(max_size=200), st.binary(min_size=32, max_size=32))
def test_what_was_sealed_is_opened_with_its_key(text, key):
    assert opened(sealed(text, key), key=key) == text


@given(st.binary(min_size=32, max_size=32))
def test_keys_are_derived_as_rfc_5869_says(key):
    encrypt, commit = (
        HKDF(hashes.SHA256(), 32, salt=None, info=b"homeward/" + purpose).derive(key)
        for purpose in (b"encrypt", b"commit")
    )
    derived = Derived.of(key)
    assert derived.commit == commit
    assert AESGCM(encrypt).decrypt(NONCE, derived.gcm.encrypt(NONCE, b"text", b"at"), b"at")


@pytest.mark.parametrize("where", ["log", "stream", "fact_id"])
def test_a_value_moved_elsewhere_is_not_opened(where):
    with pytest.raises(CannotOpen):
        opened(sealed(), **{where: "another"})


def test_a_value_under_another_field_is_not_opened():
    one = sealed()
    with pytest.raises(CannotOpen, match="contact"):
        opened(one, entry={**one.entry(), "f": "contact"})


def test_another_key_is_not_enough():
    with pytest.raises(CannotOpen):
        opened(sealed(), key=b"x" * 32)


@given(st.data())
def test_one_altered_bit_is_noticed(data):
    one = sealed()
    what = data.draw(st.sampled_from(["ciphertext", "n", "kc", "ct"]))
    entry, ciphertext = one.entry(), one.ciphertext
    raw = {
        "ciphertext": one.ciphertext,
        "n": one.nonce,
        "kc": one.commitment,
        "ct": bytes.fromhex(str(entry["ct"])),
    }[what]
    at = data.draw(st.integers(0, len(raw) * 8 - 1))
    altered = bytearray(raw)
    altered[at // 8] ^= 1 << at % 8
    if what == "ciphertext":
        ciphertext = bytes(altered)
    elif what == "ct":
        entry["ct"] = altered.hex()
    else:
        entry[what] = base64.b64encode(altered).decode()
    with pytest.raises(CannotOpen):
        opened(one, entry=entry, ciphertext=ciphertext)


def test_even_with_a_fitting_hash_an_altered_ciphertext_is_not_opened():
    one, other = sealed(), sealed('"another"')
    with pytest.raises(CannotOpen):
        opened(one, entry={**one.entry(), "ct": other.entry()["ct"]}, ciphertext=b"\x00" * 30)


def test_an_error_names_the_field_and_nothing_else():
    with pytest.raises(CannotOpen) as failure:
        opened(sealed(), key=b"x" * 32)
    assert str(failure.value) == "note"


def test_subjects_are_a_persons_part_in_one_log():
    names = {
        subject_of(log, owner, person)
        for log in ("a", "b")
        for owner in ("case-1", "case-2")
        for person in ("child", "guardian")
    }
    assert len(names) == 8
    assert sealed().entry()["alg"] == ALGORITHM
