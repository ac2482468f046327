"""What goes to a SOAP bank is what zeep makes of the WSDL, and what comes is read as zeep reads it, or not at all."""

from dataclasses import dataclass
from typing import Any

import pytest
import zeep
from lxml import etree

from billing.gateways.envelopes import ENVELOPE, Operation
from billing.gateways.soap import WSDLS

WSDL_FILES = ["pgw.wsdl", *sorted(f"parsian/{path.name}" for path in (WSDLS / "parsian").iterdir())]
# What a number and a text are filled with, twice: the first envelope is zeep's own, the second a filled copy.
FILLED = [(1, "کارت ۱"), (9_223_372_036_854_775_807, "<&> «\"'\n»  ]]>")]


@dataclass
class Described:
    """An operation as the WSDL has it."""

    client: zeep.Client
    binding: Any
    operation: Any

    def fields(self, number: int, text: str) -> dict[str, Any]:
        """A value for everything that it takes."""
        return _filled(self.operation.input.body.type, number, text)

    def zeeps(self, fields: dict[str, Any]) -> bytes:
        """The envelope as zeep makes it."""
        service = self.client.create_service(str(self.binding.name), "http://bank.invalid/")
        return etree.tostring(
            self.client.create_message(service, self.operation.name, **fields), method="c14n"
        )


def _filled(kind: Any, number: int, text: str) -> Any:
    if not isinstance(kind, zeep.xsd.ComplexType):
        return text if isinstance(kind, zeep.xsd.String) else number
    return {name: _filled(element.type, number, text) for name, element in kind.elements}


def all_operations() -> list[Described]:
    return [
        Described(client, binding, operation)
        for client in (zeep.Client(str(WSDLS / name)) for name in WSDL_FILES)
        for binding in client.wsdl.bindings.values()
        for operation in binding.all().values()
    ]


every_operation = pytest.mark.parametrize(
    "row", all_operations(), ids=lambda row: row.operation.name
)


@every_operation
def test_each_envelope_is_what_zeep_makes_of_the_wsdl(row: Described) -> None:
    ours = Operation(row.operation)
    for number, text in [*FILLED, (7, "")]:
        fields = row.fields(number, text)
        made = ours.envelope(fields)
        assert etree.tostring(etree.fromstring(made), method="c14n") == row.zeeps(fields)
    assert ours.headers == row.operation.create(**row.fields(1, "")).headers | {
        "Content-Type": "text/xml; charset=utf-8"
    }


def answered(row: Described, number: int, text: str) -> bytes:
    """An answer with everything in it that the WSDL names."""
    said = row.operation.output.body
    body = etree.Element(f"{{{ENVELOPE}}}Body")
    said.render(body, said(**_filled(said.type, number, text)))
    return wrapped(etree.tostring(body[0]))


def wrapped(content: bytes) -> bytes:
    return b'<s:Envelope xmlns:s="%s"><s:Body>%s</s:Body></s:Envelope>' % (
        ENVELOPE.encode(),
        content,
    )


@dataclass
class Reply:
    """An answer by the names that zeep looks for."""

    content: bytes
    status_code: int = 200
    encoding: str = "utf-8"
    headers: Any = None


@every_operation
def test_each_answer_is_read_as_zeep_reads_it(row: Described) -> None:
    for number, text in [(-138, "٪ 0,AF82041a2Bf6989c7fF9"), (0, "")]:
        body = answered(row, number, text)
        theirs = row.binding.process_reply(
            row.client, row.operation, Reply(body, headers={"Content-Type": "text/xml"})
        )
        ours = Operation(row.operation).answer(body)
        names = [theirs] if theirs is None or isinstance(theirs, str) else list(_values(theirs))
        assert list(ours.values()) == ["" if value is None else str(value) for value in names]


def _values(answer: Any) -> list[Any]:
    return list(zeep.helpers.serialize_object(answer).values())


def verify() -> Operation:
    return next(
        Operation(row.operation)
        for row in all_operations()
        if row.operation.name == "bpVerifyRequest"
    )


CORE = b'xmlns:c="http://interfaces.core.sw.bps.com/"'
GOOD = wrapped(
    b"<c:bpVerifyRequestResponse %s><return>0</return></c:bpVerifyRequestResponse>" % CORE
)


def test_a_comment_or_spaces_change_nothing() -> None:
    odd = GOOD.replace(b"<return>", b"\n <!-- x --><return>").replace(b"<s:Body>", b"<s:Body>\n ")
    assert verify().answer(GOOD) == verify().answer(odd) == {"return": "0"}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"0", b"<html/>", GOOD[:-9], GOOD.replace(b"s:Body", b"s:Bodies"),
        wrapped(b""), wrapped(b"<s:Fault/>"), wrapped(b"<return>0</return>"),
        GOOD.replace(b"bpVerify", b"bpSettle"), GOOD.replace(b"</s:Body>", b"<x/></s:Body>"),
        GOOD.replace(CORE, b'xmlns:c="http://elsewhere.invalid/"'),
        GOOD.replace(b"</return>", b"</return><return>0</return>"),
        GOOD.replace(b"<return>0</return>", b"<return><b>0</b></return>"),
        GOOD.replace(b"<return>0</return>", b"<other>0</other>"),
        b'<!DOCTYPE x [<!ENTITY a "0">]>' + GOOD.replace(b">0<", b">&a;<"),
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + GOOD,
    ],
)  # fmt: skip
def test_what_is_not_the_operations_own_answer_is_none(body: bytes) -> None:
    with pytest.raises((ValueError, LookupError, etree.LxmlError)):
        verify().answer(body)


@pytest.mark.parametrize("value", [1.0, True, None, b"1"])
def test_only_numbers_and_texts_are_written(value: Any) -> None:
    names = ("terminalId", "orderId", "saleOrderId", "saleReferenceId")
    with pytest.raises(TypeError):
        verify().envelope(dict.fromkeys(names, 1) | {"orderId": value})


def test_fields_that_the_wsdl_does_not_know_or_misses_are_refused() -> None:
    with pytest.raises(TypeError):
        verify().envelope({"terminalId": 1, "amount": 5})
    with pytest.raises(zeep.exceptions.ValidationError):
        verify().envelope({"terminalId": 1})
