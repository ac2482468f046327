"""SOAP 1.1, document/literal: requests and answers held to the schema inside the WSDL."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from lxml import etree

from simulators.web import Request

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SCHEMA = "http://www.w3.org/2001/XMLSchema"
WSDL_FOLDER = Path(__file__).parent / "wsdl"
PLACEHOLDER = "http://bank.invalid"
OWN_ADDRESS = re.compile(r"(localhost|127\.0\.0\.1|[a-z0-9.-]+)(:[0-9]{1,5})?", re.IGNORECASE)
CONTENT_TYPE = "text/xml; charset=utf-8"


class SoapError(Exception):
    """The request cannot be understood; ``code`` is Client or Server."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Contract:
    """The schema inside one WSDL: what may come, and what we may answer."""

    def __init__(self, wsdl: str) -> None:
        text = (WSDL_FOLDER / wsdl).read_text(encoding="utf-8")
        schema = etree.fromstring(text.encode()).find(f".//{{{SCHEMA}}}schema")
        assert schema is not None
        self.namespace = schema.get("targetNamespace", "")
        self._schema = etree.XMLSchema(etree.fromstring(etree.tostring(schema)))
        # libxml2's list of errors belongs to the schema object, which all threads share.
        self._lock = threading.Lock()

    def read(self, body: bytes) -> etree._Element:
        """The operation in an envelope; raises SoapError if it is not exactly as the schema says."""
        element = _first_of_body(_parse(body))
        self._validate(element)
        return element

    def _validate(self, element: etree._Element) -> None:
        with self._lock:
            try:
                self._schema.assertValid(element)
            except etree.DocumentInvalid as error:
                raise SoapError("Client", f"Unmarshalling Error: {error}") from error

    def answer(self, response: etree._Element) -> bytes:
        """The envelope of an answer that the schema accepts."""
        self._validate(response)
        return _envelope(response)


def wsdl(name: str, base_url: str) -> bytes:
    """A WSDL file with the address filled in."""
    text = (WSDL_FOLDER / name).read_text(encoding="utf-8")
    return text.replace(PLACEHOLDER, base_url).encode()


def own_address(request: Request) -> str:
    """This server as the caller named it, for the address inside a WSDL."""
    host = request.headers.get("host", "")
    return f"http://{host}" if OWN_ADDRESS.fullmatch(host) else "http://localhost"


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
