"""What a program's text may say, and what is woven into it: guards, and reports of the names it binds.

Builds on RestrictedPython's transformer, which refuses every kind of statement that is not named here or there.  The
rewriting keeps every node's place in the text, because the recorder finds an operation's expression by it.  Names of
woven-in functions are written `<so>`: no program can spell them, so none can replace them.

Plain attribute names are checked here once and cost nothing when the program runs; the others become calls of
`<getattr>` (see `names`).  What the woven-in functions do is `guards`'.
"""

from __future__ import annotations

import ast
from typing import TypeVar

from RestrictedPython.transformer import RestrictingNodeTransformer

from visgrad.program.errors import Refused
from visgrad.program.names import DEFINABLE, LITERAL, WRAPPED, Rule, refusal, rule, special, words, writable
from visgrad.recording.model import Span

GETATTR, WRITE, BIND, RESULT, POWER, SHY, UNDUNDER, RERAISE, LOOP = (
    "<getattr>",
    "<write>",
    "<bind>",
    "<result>",
    "<power>",
    "<shy>",
    "<undunder>",
    "<reraise>",
    "<loop>",
)

N = TypeVar("N", bound=ast.AST)
Place = ast.expr | ast.stmt
BROAD = ("BaseException",)


def place(node: N, like: ast.AST) -> N:
    """Give a new node, and what is new below it, the place of an old one."""
    return ast.fix_missing_locations(ast.copy_location(node, like))


def call(function: str, arguments: list[ast.expr], like: ast.AST) -> ast.Call:
    """A call of a woven-in function, placed where `like` is."""
    name = place(ast.Name(function, ast.Load()), like)
    return place(ast.Call(name, arguments, []), like)


def constant(value: str | int, like: ast.AST) -> ast.Constant:
    """A constant, placed where `like` is."""
    return place(ast.Constant(value), like)


class Policy(RestrictingNodeTransformer):
    """Checks and rewrites a module; `refusals` are what it found, in the order of the text."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals: list[Refused] = []
        self._classes: list[str] = []

    def refuse(self, node: ast.AST, message: str) -> None:
        """Note that this piece of the program is not allowed."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        span = Span(line, column, getattr(node, "end_lineno", line), getattr(node, "end_col_offset", column))
        self.refusals.append(Refused("PermissionError", message, span))

    def error(self, node: ast.AST, info: str) -> None:
        """What RestrictedPython itself refuses (unknown kinds of statement)."""
        self.refuse(node, info[0].lower() + info[1:].rstrip(".") if "statements" in info else info)

    def not_allowed(self, node: ast.AST) -> None:
        """A kind of statement that neither knows."""
        words = {"Await": "await", "AsyncFor": "async for", "AsyncWith": "async with", "AsyncFunctionDef": "async def"}
        kind = type(node).__name__
        self.refuse(node, f"{words.get(kind, kind)} is not available here; a program runs in one go, from top to end")

    def contents(self, node: N) -> N:
        """Visit what is inside a node that is fine in itself."""
        self.node_contents_visit(node)
        return node

    # -- names ---------------------------------------------------------------------------------------------------

    def name(self, node: ast.AST, name: str | None, defining: bool = False) -> None:
        """Check a name of the program's own (a variable, an argument, a class, a keyword)."""
        if name is not None and special(name) and not (defining and name in DEFINABLE):
            self.refuse(node, refusal(name))

    def check_name(self, node: ast.AST, name: str | None, allow_magic_methods: bool = False) -> None:
        """RestrictedPython's own question, answered by our rule."""
        self.name(node, name, allow_magic_methods)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        defining = not isinstance(node.ctx, ast.Load)
        if node.id != "__name__" or defining:
            self.name(node, node.id, defining=True)
        if defining and node.id in LITERAL | WRAPPED:
            self.refuse(node, f"{node.id} takes only {'a literal of names' if node.id in LITERAL else 'a def'} here")
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        self.name(node.value, node.arg)
        return self.contents(node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        self.name(node, node.arg)
        return self.contents(node)

    def visit_Global(self, node: ast.Global) -> ast.Global:
        for name in node.names:
            self.name(node, name)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.Nonlocal:
        for name in node.names:
            self.name(node, name)
        return node

    def check_import_names(self, node: ast.Import | ast.ImportFrom) -> ast.AST:
        """Import statements; which modules there are is asked when they run, so that `try: import …` works."""
        for alias in node.names:
            self.name(node, alias.asname or alias.name.partition(".")[0])
            if any(special(part) for part in alias.name.split(".")):
                self.refuse(node, refusal(alias.name))
        if isinstance(node, ast.ImportFrom) and node.level:
            self.refuse(node, "relative imports have nothing to be relative to here; import torch, numpy, math …")
        return node

    # -- attributes ------------------------------------------------------------------------------------------------

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.contents(node)
        if not isinstance(node.ctx, ast.Load):
            if not writable(node.attr):
                self.refuse(node, f"{node.attr} cannot be set here")
            named = [constant(node.attr, node)] if node.attr.startswith("_") else []
            node.value = call(WRITE, [node.value, *named], node.value)
            return node
        match rule(node.attr):
            case Rule.REFUSED:
                self.refuse(node, refusal(node.attr))
            case Rule.GUARDED:
                return call(GETATTR, [node.value, constant(self._mangled(node.attr), node)], node)
        return node

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.MatchClass:
        for name in node.kwd_attrs:
            if rule(name) is not Rule.PLAIN:
                self.refuse(node, refusal(name))
        return self.contents(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> ast.MatchAs:
        self.name(node, node.name)
        return self.contents(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> ast.MatchStar:
        self.name(node, node.name)
        return node

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.MatchMapping:
        self.name(node, node.rest)
        return self.contents(node)

    # -- expressions -------------------------------------------------------------------------------------------------

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Powers of large integers and shifts can take for ever inside one C call: they are asked about first."""
        self.contents(node)
        if isinstance(node.op, ast.Pow | ast.LShift) and not _small(node):
            kind = constant("**" if isinstance(node.op, ast.Pow) else "<<", node)
            return call(POWER, [node.left, node.right, kind], node)
        return node

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.expr:
        self.contents(node)
        node.value = self.bound(node.target, node.value)
        return node

    # -- statements that bind names ----------------------------------------------------------------------------------

    def bound(self, target: ast.expr, value: ast.expr) -> ast.expr:
        """The value, reported on its way into a target that has a name; other targets leave it as it is."""
        if not (name := _dotted(target)):
            return value
        return call(BIND, [constant(name, target), value, constant(target.lineno, target)], value)

    def reports(self, target: ast.expr) -> list[ast.stmt]:
        """Statements that report the names inside a tuple, loop or `with` target, once they are bound."""
        found: list[ast.stmt] = []
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and not special(node.id):
                value = place(ast.Name(node.id, ast.Load()), node)
                report = call(BIND, [constant(node.id, node), value, constant(node.lineno, node)], node)
                found.append(place(ast.Expr(report), node))
        return found

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) and node.targets[0].id in LITERAL:
            if not _plain_strings(node.value):
                self.refuse(node, f"{node.targets[0].id} takes only a literal of plain names here")
            return [node]
        value = self.visit(node.value)
        for target in node.targets:
            value = self.bound(target, value)
        after = [report for target in node.targets if not _dotted(target) for report in self.reports(target)]
        node.value = value
        node.targets = [self.visit(target) for target in node.targets]
        return [node, *after]

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        if isinstance(node.op, ast.Pow | ast.LShift) and isinstance(node.target, ast.Name) and not _small(node):
            # `n **= m` on integers must be asked about as `n ** m` is; tensors keep their in-place form.
            kind = constant("**=" if isinstance(node.op, ast.Pow) else "<<=", node)
            old = place(ast.Name(node.target.id, ast.Load()), node.target)
            value = call(POWER, [old, self.visit(node.value), kind], node)
            return [place(ast.Assign([self.visit(node.target)], self.bound(node.target, value)), node)]
        after = self.reports(node.target)
        powers = isinstance(node.op, ast.Pow | ast.LShift) and not _small(node)
        self.contents(node)
        if powers:
            node.value = call(SHY, [node.value], node.value)
        return [node, *after]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        if isinstance(node.target, ast.Name) and node.target.id in LITERAL:
            self.refuse(node, f"{node.target.id} takes no annotation here")
        value = node.value
        node.value = None
        self.contents(node)
        if value is not None:
            node.value = self.bound(node.target, self.visit(value)) if node.simple else self.visit(value)
        return node

    def visit_For(self, node: ast.For) -> list[ast.stmt]:
        reports = self.reports(node.target)
        self.contents(node)
        node.body[:0] = [_loop(node, begins=False), *reports]
        return [_loop(node, begins=True), node]

    def visit_While(self, node: ast.While) -> list[ast.stmt]:
        self.contents(node)
        node.body.insert(0, _loop(node, begins=False))
        return [_loop(node, begins=True), node]

    def visit_With(self, node: ast.With) -> ast.With:
        targets = [item.optional_vars for item in node.items if item.optional_vars is not None]
        reports = [report for target in targets for report in self.reports(target)]
        self.contents(node)
        node.body[:0] = reports
        return node

    # -- definitions ---------------------------------------------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.name(node, node.name, defining=True)
        self.contents(node)
        if node.name in LITERAL:
            self.refuse(node, f"{node.name} cannot be a function here")
        if node.name in WRAPPED:
            node.decorator_list.insert(0, place(ast.Name(UNDUNDER, ast.Load()), node))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        return self.contents(node)

    def visit_arguments(self, node: ast.arguments) -> ast.arguments:
        return self.contents(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        self.name(node, node.name)
        self._classes.append(node.name.lstrip("_"))
        self.contents(node)
        self._classes.pop()
        return node

    def _mangled(self, name: str) -> str:
        """`__so` inside a class is that class's own name for it, as Python's compiler has it."""
        private = name.startswith("__") and not name.endswith("__")
        return f"_{self._classes[-1]}{name}" if private and self._classes and self._classes[-1] else name

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        """A handler that would also catch the end of the run lets that pass; `client` kills what escapes this."""
        self.name(node, node.name)
        self.contents(node)
        if not _narrow(node.type):
            node.body.insert(0, place(ast.Expr(call(RERAISE, [], node)), node))
        return node


def _contents(self: Policy, node: N) -> N:
    return self.contents(node)


for _kind in words(
    """
    Constant Module Expr Call Subscript Starred ListComp SetComp DictComp GeneratorExp comprehension JoinedStr
    FormattedValue Yield YieldFrom Return Raise Assert Delete If Try TryStar withitem Match match_case
    MatchValue MatchSingleton MatchSequence MatchOr TypeAlias TypeVar TypeVarTuple ParamSpec
    """
):
    setattr(Policy, f"visit_{_kind}", _contents)


def _loop(node: ast.For | ast.While, begins: bool) -> ast.stmt:
    """The report that a loop begins, or that it begins its next pass."""
    report = call(LOOP, [constant(node.lineno, node), place(ast.Constant(begins), node)], node)
    return place(ast.Expr(report), node)


def _small(node: ast.BinOp | ast.AugAssign) -> bool:
    """Whether the exponent is written out and small, as in `x ** 2`: then the operator itself is left in place."""
    exponent = node.right if isinstance(node, ast.BinOp) else node.value
    if isinstance(exponent, ast.UnaryOp):
        exponent = exponent.operand
    return isinstance(exponent, ast.Constant) and isinstance(exponent.value, int | float) and abs(exponent.value) <= 16


def _dotted(target: ast.expr) -> str:
    """`w` or `self.w`, the names a value can be called by; "" for any other target."""
    match target:
        case ast.Name(id=name):
            return "" if special(name) else name
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return f"{name}.{attribute}"
        case ast.Call(func=ast.Name(id=function), args=[inner, *_]) if function == WRITE:
            return _dotted(inner)
    return ""


def _plain_strings(value: ast.expr) -> bool:
    """Whether an expression is a literal string, or tuple or list of strings, of plain attribute names."""
    items = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    return all(isinstance(i, ast.Constant) and isinstance(i.value, str) and not special(i.value) for i in items)


def _narrow(kind: ast.expr | None) -> bool:
    """Whether a handler names only ordinary exceptions (by names that look like them)."""
    if isinstance(kind, ast.Tuple):
        return all(_narrow(item) for item in kind.elts)
    return isinstance(kind, ast.Name) and kind.id not in BROAD
