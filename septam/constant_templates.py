"""A template loader that works out once a process what no request can change.

The portal speaks one language, so `{% translate "Cart" %}`, `{% url 'billing:cart' %}` and `{% static 'css/portal.css' %}`
say the same on each page, and a page stands in its frame (`{% extends "base.html" %}`) in the same way each time. When a
template is first loaded, such tags become text and the blocks are put where they belong; a page then joins a few long
strings. Templates stay as they are, and so does what they render.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.template import Context, Node, NodeList, Template, TemplateDoesNotExist
from django.template.base import FilterExpression, TextNode, Variable, VariableNode
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode, WithNode
from django.template.loader_tags import BlockNode, ExtendsNode
from django.template.loaders.base import Loader as BaseLoader
from django.template.loaders.cached import Loader as CachedLoader
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils import translation

_SUPER = "block.super"
# Under these names nodes keep the variable that they set, if they set one.
_SETS = ("asvar", "varname", "target_var", "variable_name")


class Loader(CachedLoader):
    """Django's cached loader; what it keeps is simplified.

    `skip` is given by `{% extends %}`, which needs its parent's blocks as they are: only the template that a view
    or an `{% include %}` asks for is put into its frame.
    """

    def get_template(self, template_name: str, skip: list[Any] | None = None) -> Template:
        """The template; raises TemplateDoesNotExist."""
        key = self.cache_key(template_name, skip)
        if key not in self.get_template_cache:
            try:
                template: Template = BaseLoader.get_template(self, template_name, skip)
            except TemplateDoesNotExist:
                return super().get_template(template_name, skip)  # notes it, and raises again
            self._simplify(template, is_asked_for=skip is None)
            # Kept only now: other threads render what is kept.
            self.get_template_cache[key] = template
        return super().get_template(template_name, skip)

    def _simplify(self, template: Template, *, is_asked_for: bool) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            if is_asked_for:
                _put_into_frame(template, self)
            simplify(template.nodelist, _context_of(template))


def _context_of(template: Template) -> Context:
    context = Context(autoescape=template.engine.autoescape)
    context.template = template
    return context


def simplify(nodes: NodeList, context: Context) -> None:
    """Write out the constant nodes of a list and of the lists inside it, and join neighbouring texts. In place."""
    nodes[:] = _joined([_written_out(node, context) for node in nodes])


def _written_out(node: Node, context: Context) -> Node:
    if _is_constant(node):
        try:
            return TextNode(str(node.render(context)))
        except NoReverseMatch:
            return node  # it is to fail where it stands, once it is shown
    for inner in _lists_of(node):
        simplify(inner, context)
    return node


def _is_constant(node: Node) -> bool:
    """Whether the node's text follows from the settings, the catalogues and the static files alone."""
    if isinstance(node, LoadNode | CommentNode):
        return True
    if isinstance(node, TranslateNode):
        return not node.asvar and not node.message_context and _is_literal(node.filter_expression)
    if isinstance(node, URLNode):
        bare = not (node.args or node.kwargs or node.asvar)
        return (
            bare
            and _is_literal(node.view_name)
            and not node.view_name.token[1:].startswith("admin:")
        )
    return isinstance(node, StaticNode) and node.varname is None and _is_literal(node.path)


def _is_literal(expression: FilterExpression) -> bool:
    known = not isinstance(expression.var, Variable) or expression.var.lookups is None
    return known and not expression.filters


def _lists_of(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):
        yield from (nodes for _condition, nodes in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        inner = getattr(node, name, None)
        if isinstance(inner, NodeList):
            yield inner


def _joined(nodes: Iterable[Node]) -> Iterator[Node]:
    texts: list[str] = []
    for node in nodes:
        if isinstance(node, TextNode):
            texts.append(node.s)
            continue
        if any(texts):
            yield TextNode("".join(texts))
        texts = []
        yield node
    if any(texts):
        yield TextNode("".join(texts))


class _NotFlat(Exception):
    """The blocks of this template are decided while it is rendered: it is left to Django."""


def _put_into_frame(template: Template, loader: Loader) -> None:
    """Replace `{% extends %}` by the frame's nodes with this template's blocks in their places."""
    with contextlib.suppress(_NotFlat):
        template.nodelist[:] = _Assembly(list(_family(template, loader))).nodes()


def _family(template: Template, loader: Loader) -> Iterator[Template]:
    """The template, its frame, the frame's own frame and so on, as Django would find them."""
    history = []
    while True:
        yield template
        history.append(template.origin)
        extends = _extends(template)
        if extends is None:
            return
        name = extends.parent_name
        if not (isinstance(name, FilterExpression) and _is_literal(name)):
            raise _NotFlat
        template = loader.get_template(str(name.var), skip=history)


def _extends(template: Template) -> ExtendsNode | None:
    return next((node for node in template.nodelist if isinstance(node, ExtendsNode)), None)


class _Assembly:
    """The nodes of a frame with the blocks of those that stand in it."""

    def __init__(self, family: list[Template]) -> None:
        self.root = family[-1]
        self.versions: dict[str, list[NodeList]] = {}
        for member in family:
            extends = _extends(member)
            for block in (extends or member).nodelist.get_nodes_by_type(BlockNode):
                self.versions.setdefault(block.name, []).append(block.nodelist)  # type: ignore[attr-defined]

    def nodes(self) -> list[Node]:
        """All of them, in order."""
        return list(self._placed(self.root.nodelist))

    def _placed(self, nodes: Iterable[Node]) -> Iterator[Node]:
        for node in nodes:
            if isinstance(node, BlockNode):
                yield from self._scoped(NodeList(self._placed(self._body(node.name, 0))))
            elif _asks_for_blocks(node):
                raise _NotFlat
            else:
                yield node

    def _body(self, name: str, version: int) -> Iterator[Node]:
        """The nodes of a block, with those that it asks its frame for by `{{ block.super }}`."""
        for node in self.versions[name][version]:
            if not _is_super(node):
                yield node
            elif version + 1 < len(self.versions[name]):
                yield from self._body(name, version + 1)

    @staticmethod
    def _scoped(nodes: NodeList) -> Iterable[Node]:
        """A variable that is set in a block ends with it."""
        if any(
            getattr(node, name, None) for node in nodes.get_nodes_by_type(Node) for name in _SETS
        ):
            return [WithNode(None, None, nodes, extra_context={})]
        return nodes


def _is_super(node: Node) -> bool:
    return isinstance(node, VariableNode) and node.filter_expression.token == _SUPER


def _asks_for_blocks(node: Node) -> bool:
    inner = node.get_nodes_by_type(Node)
    return any(isinstance(one, BlockNode) or _is_super(one) for one in inner)
