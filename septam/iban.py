"""IBAN («شبا») of Iranian accounts: IR, two check digits, 22 more (ISO 13616, mod 97)."""

from septam.identity import compact

LENGTH = 26


def normalised(typed: str) -> str:
    """IR and 24 Latin digits, from any digits and spacing, with or without IR; empty where it is no IBAN."""
    number = compact(typed).upper()
    if not number.startswith("IR"):
        number = f"IR{number}"
    digits = number[2:]
    if len(number) != LENGTH or not (digits.isascii() and digits.isdigit()):
        return ""
    # I is 18 and R is 27; the country and the check digits go to the end.
    return number if int(f"{digits[2:]}1827{digits[:2]}") % 97 == 1 else ""


def grouped(number: str) -> str:
    """In groups of four, to be read."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
