"""Our texts as they are entered into a provider's panel for approval: fixed words, and marks where tokens come."""

from notifications.texts import SmsText, events, site

# How each provider writes a token.
MARKS = {"kavenegar": "%{name}", "smsir": "#{upper}#"}


def panel_text(text: SmsText, provider: str) -> str:
    """The approved template's text; raises KeyError for a provider that has no templates."""
    mark = MARKS[provider]
    values = {
        placeholder: mark.format(name=token, upper=token.upper())
        for token, placeholder in text.tokens
    }
    return text.text.format(**{"site": site()} | values)


def for_panel(provider: str) -> dict[str, str]:
    """Each template's name with its text; what has no token goes by the line and needs no approval."""
    return {text.template: panel_text(text, provider) for text in events() if text.tokens}
