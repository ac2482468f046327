"""SOAP 1.1, document/literal: requests and answers held to the schema inside the WSDL."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SCHEMA = "http://www.w3.org/2001/XMLSchema"
WSDL_FOLDER = Path(__file__).parent / "wsdl"
PLACEHOLDER = "http://bank.invalid"
CONTENT_TYPE = "text/xml; charset=utf-8"


class SoapError(Exception):
    """The request cannot be understood; ``code`` is Client or Server."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Call:
    """One operation with its fields as text; a field that was left out is absent."""

    operation: str
    fields: dict[str, str]

    def number(self, name: str) -> int:
        """A field that the schema has already proved to be a long."""
        return int(self.fields[name])

    def text(self, name: str) -> str:
        """A string field, empty if it was left out."""
        return self.fields.get(name, "")


class Contract:
    """The two WSDL files of the service and the schema inside the second."""

    def __init__(self) -> None:
        self._service = (WSDL_FOLDER / "pgw.wsdl").read_text(encoding="utf-8")
        self._port_type = (WSDL_FOLDER / "IPaymentGateway.wsdl").read_text(encoding="utf-8")
        schema = etree.fromstring(self._port_type.encode()).find(f".//{{{SCHEMA}}}schema")
        assert schema is not None
        self._namespace = schema.get("targetNamespace", "")
        self._schema = etree.XMLSchema(etree.fromstring(etree.tostring(schema)))
        # libxml2's list of errors belongs to the schema object, which all threads share.
        self._lock = threading.Lock()

    def wsdl(self, imported: bool, base_url: str) -> bytes:
        """The service file, or the one it imports, with the address filled in."""
        text = self._port_type if imported else self._service
        return text.replace(PLACEHOLDER, base_url).encode()

    def read(self, body: bytes) -> Call:
        """The operation in an envelope; raises SoapError if it is not exactly as the schema says."""
        element = _first_of_body(_parse(body))
        self._validate(element)
        name = etree.QName(element)
        fields = {str(child.tag): child.text or "" for child in element}
        return Call(name.localname, fields)

    def _validate(self, element: etree._Element) -> None:
        with self._lock:
            try:
                self._schema.assertValid(element)
            except etree.DocumentInvalid as error:
                raise SoapError("Client", f"Unmarshalling Error: {error}") from error

    def answer(self, operation: str, value: str | None) -> bytes:
        """The envelope of an answer; None leaves ``return`` out, which the schema allows."""
        response = etree.Element(f"{{{self._namespace}}}{operation}Response")
        if value is not None:
            etree.SubElement(response, "return").text = value
        self._validate(response)
        return _envelope(response)


def _parse(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise SoapError("Client", "Error reading XMLStreamReader") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise SoapError("Client", "DTD is not allowed")
    return root


def _first_of_body(root: etree._Element) -> etree._Element:
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise SoapError("VersionMismatch", "not a SOAP 1.1 envelope")
    body = root.find(f"{{{ENVELOPE}}}Body")
    if body is None or len(body) != 1:
        raise SoapError("Client", "the body must hold one operation")
    return body[0]


def fault(error: SoapError) -> bytes:
    """The envelope of a fault; it is sent with HTTP status 500."""
    element = etree.Element(f"{{{ENVELOPE}}}Fault", nsmap={"soap": ENVELOPE})
    etree.SubElement(element, "faultcode").text = f"soap:{error.code}"
    etree.SubElement(element, "faultstring").text = str(error)
    return _envelope(element)


def _envelope(content: etree._Element) -> bytes:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(content)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
