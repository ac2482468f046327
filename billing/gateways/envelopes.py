"""The envelopes of one SOAP operation: zeep makes the first of each kind from the WSDL, and the next are filled copies.

zeep's own way through the schema costs a call more than the line to the bank. What the bank says is read by
the names that the WSDL has for it: nothing else, nothing twice, no DTD.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from lxml import etree
from zeep import xsd

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
)


class Operation:
    """One operation of a binding that zeep has read; threads share it."""

    def __init__(self, described: Any) -> None:
        """`described` is zeep's operation, document/literal."""
        self.headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{described.soapaction or ""}"',
        }
        self._described = described
        self._said: xsd.Element = described.output.body
        self._made: dict[tuple[str, ...], etree._Element] = {}

    def envelope(self, fields: Mapping[str, Any]) -> bytes:
        """The request with these fields, numbers and texts; a field of fields is a mapping.

        Raises what zeep raises for fields that the WSDL does not know or misses, TypeError for other values, and
        ValueError for characters that XML cannot hold.
        """
        values = dict(_leaves(fields))
        made = self._made.get(tuple(values))
        if made is None:
            made = self._made[tuple(values)] = self._described.create(**fields).content
        filled = deepcopy(made)
        for element in filled.iter():
            if len(element) == 0:
                element.text = values[etree.QName(element).localname]
        return etree.tostring(filled, encoding="utf-8", xml_declaration=True)

    def answer(self, body: bytes) -> dict[str, str]:
        """The answer's fields as texts; those that are missing are left out. Raises ValueError, KeyError, lxml's errors."""
        root = etree.fromstring(body, _PARSER)
        if root.getroottree().docinfo.internalDTD is not None:
            raise ValueError("a DTD")
        if root.tag != f"{{{ENVELOPE}}}Envelope":
            raise ValueError("no envelope")
        contents = root.findall(f"{{{ENVELOPE}}}Body/*")
        if [content.tag for content in contents] != [self._said.qname.text]:
            raise ValueError("not the one answer of this operation")
        found: dict[str, str] = {}
        _read(contents[0], self._said, found)
        return found


def _leaves(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        elif isinstance(value, str) or type(value) is int:
            yield name, str(value)
        else:
            raise TypeError("only numbers and texts are written as they are")


def _read(holder: etree._Element, said: xsd.Element, found: dict[str, str]) -> None:
    known = {element.qname.text: element for _name, element in said.type.elements}
    for child in holder:
        # Popped, for each may come once.
        element = known.pop(child.tag)
        if isinstance(element.type, xsd.ComplexType):
            _read(child, element, found)
        elif len(child):
            raise ValueError("a field within a field")
        else:
            found[element.name] = child.text or ""
