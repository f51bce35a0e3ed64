"""Mistakes in the language itself: names, calls, syntax."""

from __future__ import annotations

from visgrad.program.explanations.row import Row

PYTHON = (
    Row(
        "NameError: name 'torch' is not defined",
        r"NameError: name '(?P<name>torch|np|nn|F|plt|math|optim|random)' is not defined",
        "{name} is the name of a module, and no line before this one imports it.",
        "Begin with the imports, such as import torch, from torch import nn, import torch.nn.functional as F, "
        "import numpy as np.",
    ),
    Row(
        "NameError: name 'x_cuda' is not defined",
        r"NameError: name '(?P<name>\w+)' is not defined",
        "Nothing is called {name} at this point: the line that defines it has not run, or is spelt differently.",
        "Define {name} above this line, or correct its spelling.",
    ),
    Row(
        "UnboundLocalError: cannot access local variable 'x' where it is not associated with a value",
        r"cannot access local variable '(?P<name>\w+)'",
        "{name} is assigned somewhere in this function, so here it means the function's own, which has no value yet.",
        "Give it a value first, or say `global {name}` or `nonlocal {name}`.",
    ),
    Row(
        "TypeError: f() missing 1 required positional argument: 'x'",
        r"missing \d+ required (positional|keyword-only) arguments?: (?P<names>.*)",
        "The function was called without {names}.",
        "Pass it; a method of a class needs an object before the point.",
    ),
    Row(
        "TypeError: f() takes 1 positional argument but 2 were given",
        r"takes (from )?(?P<n>[\d to]+) positional arguments? but (?P<m>\d+) (was|were) given",
        "The call passes {m} values, and the function has room for {n}. A method is also given its object, as self.",
        "Check the call, and that methods have self as their first parameter.",
    ),
    Row(
        "TypeError: 'module' object is not callable",
        r"'module' object is not callable",
        "What stands before the brackets is a module; the function or class in it has a name of its own.",
        "Write torch.optim.SGD(…) rather than torch.optim.sgd(…), random.random() rather than random().",
    ),
    Row(
        "TypeError: 'int' object is not callable",
        r"'(?P<kind>\w+)' object is not callable",
        "Round brackets call a function, and what stands before them is none: it is of type {kind}.",
        "Use square brackets to index, * to multiply; or a name of a function has been given another value.",
    ),
    Row(
        "TypeError: 'float' object is not subscriptable",
        r"'(?P<kind>\w+)' object is not subscriptable",
        "Square brackets pick an element, and a value of type {kind} has none.",
        "Check where that value comes from.",
    ),
    Row(
        "IndexError: list index out of range",
        r"(list|tuple|string) index out of range",
        "The sequence is shorter than that; its elements are counted from 0.",
        "Look at len(x).",
    ),
    Row(
        "ZeroDivisionError: division by zero",
        r"ZeroDivisionError",
        "Python's own numbers cannot be divided by zero (tensors can: they give inf or nan).",
        "Check the divisor first.",
    ),
    Row(
        "RecursionError: maximum recursion depth exceeded",
        r"maximum recursion depth exceeded",
        "A function calls itself again and again without coming to an end.",
        "Check the case in which it should return without calling itself.",
    ),
    Row(
        "SyntaxError: '(' was never closed",
        r"'(?P<bracket>.)' was never closed",
        "The bracket “{bracket}” is opened here, and its partner is missing.",
        "Close it.",
    ),
    Row(
        "SyntaxError: expected ':'",
        r"SyntaxError: expected ':'",
        "Lines that begin a block (if, for, def, class, with …) end with a colon.",
        "Add the colon.",
    ),
    Row(
        "SyntaxError: invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
        r"Maybe you meant '==' or ':='",
        "One = gives a name a value; two compare.",
        "Write == to compare.",
    ),
    Row(
        "SyntaxError: unterminated string literal (detected at line 1)",
        r"unterminated (triple-quoted )?string literal",
        "A text begins here, and its closing quotation mark is missing.",
        "Close it with the same mark.",
    ),
    Row(
        "IndentationError: expected an indented block after 'for' statement on line 1",
        r"IndentationError: expected an indented block|IndentationError: un\w+|TabError",
        "Python tells what belongs together by the spaces in front of a line.",
        "Indent the lines of a block alike, by four spaces.",
    ),
    Row(
        "TypeError: 'int' object is not iterable",
        r"TypeError: '(?P<kind>[a-z]\w*)' object is not iterable",
        "A loop goes through the elements of something, and a {kind} has none.",
        "To count, write for i in range(n).",
    ),
    Row(
        "TypeError: list indices must be integers or slices, not str",
        r"(list|tuple|string) indices must be integers",
        "Elements of a sequence are picked by their number.",
        "Use an integer; names as keys belong to a dict.",
    ),
    Row(
        "KeyError: 'a'",
        r"^KeyError: (?P<key>.*)",
        "The dictionary has no entry {key}.",
        "Look at its keys with print(list(d)), or use d.get(…).",
    ),
    Row(
        "ValueError: invalid literal for int() with base 10: 'a'",
        r"invalid literal for int\(\)|could not convert string to float",
        "The text is no number.",
        "Check what the text holds; float() reads numbers with a point.",
    ),
    Row(
        "ImportError: cannot import name 'nothing' from 'torch' (unknown location)",
        r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'",
        "{module} has no {name} here.",
        "Check the spelling and the module it belongs to.",
    ),
    Row(
        "SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?",
        r"Missing parentheses in call to 'print'",
        "print is a function: what it prints stands in round brackets.",
        "Write print(x).",
    ),
    Row(
        "SyntaxError: 'return' outside function",
        r"'(?P<word>return|yield)' outside function",
        "{word} hands a value back from a function, and this line is in none.",
        "Indent it into the function, or use print to show the value.",
    ),
    Row(
        "TypeError: zeros() got an unexpected keyword argument 'require_grad'",
        r"(?P<f>[\w.]+)\(\) got an unexpected keyword argument '(?P<name>\w+)'",
        "{f}() has no option that is called {name}.",
        "Check its spelling, and that it belongs to this call.",
    ),
    Row(
        "ValueError: too many values to unpack (expected 2)",
        r"(too many|not enough) values to unpack \(expected (at least )?(?P<n>\d+)",
        "On the left stand {n} names, and on the right another number of values.",
        "Write one name for each value; the last may take all that are left, as in first, *others = values.",
    ),
    Row(
        "SyntaxError: invalid character '\uff08' (U+FF08)",
        r"SyntaxError: invalid (non-printable )?character",
        "Python knows brackets, commas and quotation marks in their plain form only; this one comes from another "
        "keyboard or from a formatted text.",
        "Type it anew on the English keyboard.",
    ),
    Row(
        "TypeError: 'float' object cannot be interpreted as an integer",
        r"'(?P<kind>\w+)' object cannot be interpreted as an integer",
        "A whole number is wanted here, and this is a value of type {kind}.",
        "Leave out the point, use // or int(x); torch.arange counts in fractions too.",
    ),
    Row(
        "SyntaxError: invalid syntax. Perhaps you forgot a comma?",
        r"Perhaps you forgot a comma",
        "Two values stand beside each other with neither a comma nor an operator between them.",
        "Write the comma, as in [1., 2.], or the operator, as in 2 * x.",
    ),
    Row(
        "SyntaxError: invalid syntax",
        r"SyntaxError: invalid syntax",
        "Python cannot read this line; the mistake is at the mark or just before it.",
        "Look for a missing operator, comma, colon or bracket.",
    ),
)
