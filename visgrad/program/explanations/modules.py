"""Mistakes about modules, layers, optimizers and what programs may use."""

from __future__ import annotations

from visgrad.program.explanations.row import Row

MODULES = (
    Row(
        "AttributeError: cannot assign module before Module.__init__() call",
        r"cannot assign (module|parameters?) before Module.__init__\(\) call",
        "A module keeps its layers in tables that its parent class makes first.",
        "Begin __init__ with super().__init__().",
    ),
    Row(
        "ValueError: optimizer got an empty parameter list",
        r"optimizer got an empty parameter list",
        "The optimizer was given nothing to improve: the module has no parameters, or the generator was used up.",
        "Assign layers as attributes of the module (lists of layers belong in nn.ModuleList).",
    ),
    Row(
        'NotImplementedError: Module [Net] is missing the required "forward" function',
        r"Module \[(?P<name>\w+)\] is missing the required \"forward\" function",
        "Calling a module calls its forward method, and {name} has none.",
        "Define def forward(self, x): in the class, at the same indentation as __init__.",
    ),
    Row(
        "AttributeError: module 'torch' has no attribute 'rndn'",
        r"module '(?P<module>torch[\w.]*)' has no attribute '(?P<name>\w+)'",
        "There is no {module}.{name} here: it is spelt differently, or is not among what visgrad draws.",
        "Check the spelling; most functions are also methods of tensors.",
    ),
    Row(
        "ModuleNotFoundError: No module named 'cv2' here",
        r"No module named '(?P<name>[\w.]+)' here",
        "Programs here use torch, numpy, matplotlib.pyplot and a few standard modules; {name} is not among them.",
        "Make the data in the program, with torch or numpy.",
    ),
    Row(
        "ValueError: can't optimize a non-leaf Tensor",
        r"can't optimize a non-leaf Tensor",
        "An optimizer changes leaves; this tensor is computed from others, so its gradient is not kept.",
        "Give it the tensors that were made with requires_grad=True, or the module's parameters().",
    ),
    Row(
        "TypeError: 'Linear' object is not iterable",
        r"TypeError: '(?P<kind>(?-i:[A-Z])\w*)' object is not iterable",
        "A list of things was expected, and a single {kind} was given.",
        "For an optimizer, pass model.parameters(); else put it into a list.",
    ),
    Row(
        "TypeError: int is not a Module subclass",
        r"(?P<kind>\w+) is not a Module subclass",
        "Only layers can be put here, and {kind} is none; perhaps a layer's class was called with the wrong brackets.",
        "Wrap a function in a small nn.Module, or call it in forward().",
    ),
    Row(
        "TypeError: cat(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor",
        r"(cat|stack)\(\): argument 'tensors' \(position 1\) must be tuple of Tensors",
        "The tensors to join are given together, as one list.",
        "Write torch.cat([a, b]).",
    ),
    Row(
        "AttributeError: 'Tensor' object has no attribute 'backwards'",
        r"'(Tensor|Parameter)' object has no attribute '(?P<name>\w+)'",
        "Tensors have no {name}: it is spelt differently, or is a function of torch or NumPy.",
        "Check the spelling (dir(x) lists what there is).",
    ),
    Row(
        "AttributeError: 'float' object has no attribute 'backward'",
        r"'(?P<kind>float|int|bool|list|tuple)' object has no attribute '(?P<name>\w+)'",
        "A {kind} of Python's was found where a tensor was expected; item() and tolist() give such values, "
        "without history.",
        "Keep the tensor itself, or make one with torch.tensor(…).",
    ),
    Row(
        "TypeError: expected np.ndarray (got list)",
        r"expected np.ndarray \(got (?P<kind>\w+)\)",
        "from_numpy() shares the memory of a NumPy array; a {kind} has none to share.",
        "Use torch.tensor(x) for lists and numbers.",
    ),
    Row(
        "TypeError: params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
        "torch.FloatTensor",
        r"params argument given to the optimizer should be an iterable",
        "An optimizer takes a list of tensors, and was given one tensor.",
        "Put it in brackets: torch.optim.SGD([w], lr=0.1).",
    ),
    Row(
        "TypeError: MSELoss.__init__() takes from 1 to 2 positional arguments but 3 were given",
        r"(?P<loss>\w+Loss)\.__init__\(\) takes",
        "{loss} is a class: its own brackets take options, and make the loss; they take no tensors.",
        "Make it first and call it then: loss_of = nn.{loss}(), and loss_of(prediction, target).",
    ),
    Row(
        "PermissionError: input() is not available here: a program runs without questions; write the value into …",
        r"PermissionError: input\(\) is not available",
        "A program here runs from its beginning to its end without asking.",
        "Write the value into the program: n = 3.",
    ),
    Row(
        "PermissionError: open() is not available here: programs have no files; write the data as a literal, or …",
        r"PermissionError: open\(\) is not available",
        "Programs here read and write no files.",
        "Write the data into the program as a list, or make it with torch or numpy.",
    ),
    Row(
        "AttributeError: 'CrossEntropyLoss' object has no attribute 'backward'",
        r"'(?P<loss>\w+Loss)' object has no attribute '(backward|item)'",
        "{loss} is the way to compute a loss, and not yet the loss.",
        "Call it: loss = nn.{loss}()(prediction, target), and then loss.backward().",
    ),
    Row(
        'RuntimeError: Error(s) in loading state_dict for Linear: Missing key(s) in state_dict: "weight", "bias".',
        r"Error\(s\) in loading state_dict",
        "The saved values have other names or shapes than the parameters of this module.",
        "Compare saved.keys() with net.state_dict().keys(): both must come from the same kind of module.",
    ),
)
