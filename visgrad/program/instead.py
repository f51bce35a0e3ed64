"""What a program cannot have, and what works instead: modules, and functions of modules that are there.

Owns the sentences; `modules` raises them.
"""

from __future__ import annotations

from visgrad.program.names import words

NO_FILES = "programs have no files; print(x.tolist()) shows the values, and the window saves recordings"
UNAVAILABLE = {
    "torch.jit": dict.fromkeys(
        words("script trace"), "call the module as it is; its operations are recorded one by one"
    ),
    "os": dict.fromkeys(
        words("chdir listdir rename scandir walk"), NO_FILES
    ) | dict.fromkeys(words("fork kill popen system"), "programs run without processes"),
    "numpy": dict.fromkeys(words(
        """
        load save savez savetxt loadtxt genfromtxt fromfile memmap savez_compressed
        """
    ), "programs have no files; write the data as a literal"),
}  # fmt: skip

INSTEAD = {
    "subprocess": "programs run without processes",
    "socket": "programs run without a network",
    "urllib": "programs run without a network; make the data with torch or numpy",
    "requests": "programs run without a network; make the data with torch or numpy",
    "threading": "a program runs in one go, from top to end",
    "multiprocessing": "a program runs in one go, from top to end",
    "asyncio": "a program runs in one go, from top to end",
    "pickle": NO_FILES,
    "glob": NO_FILES,
    "csv": "programs have no files; write the data as a literal",
    "zipfile": NO_FILES,
    "torchvision": "torch.rand(100, 1, 28, 28) and torch.randint(0, 10, (100,)) make small pictures and labels",
    "torchaudio": "make small signals with torch.sin and torch.randn",
    "torchtext": "write some sentences into the program and number their words with a dict",
    "torchsummary": "print(model) shows the layers, sum(p.numel() for p in model.parameters()) counts",
    "torchinfo": "print(model) shows the layers, sum(p.numel() for p in model.parameters()) counts",
    "torchviz": "the graph beside the program is what it would draw",
    "tensorboard": "matplotlib.pyplot draws into the Charts panel",
    "wandb": "matplotlib.pyplot draws into the Charts panel",
    "seaborn": "matplotlib.pyplot draws into the Charts panel",
    "matplotlib.animation": "the timeline plays what the program does, and its picture is exported as GIF",
    "matplotlib.ticker": "the Charts panel chooses its ticks",
    "plotly": "matplotlib.pyplot draws into the Charts panel",
    "mpl_toolkits": "charts have two dimensions here; plt.imshow shows a surface from above",
    "PIL": "programs have no files; a picture is a tensor here, and plt.imshow shows it",
    "cv2": "programs have no files; a picture is a tensor here, and plt.imshow shows it",
    "sklearn": "make small data with torch or numpy",
    "pandas": "use numpy arrays or torch tensors",
    "torch.utils.tensorboard": "matplotlib.pyplot draws into the Charts panel",
    "torch.utils.benchmark": "timeit.timeit(lambda: f(x), number=100) times a function",
    "torch.hub": "make a small model with torch.nn; there is nothing to download from",
    "torch.multiprocessing": "a program runs in one go, from top to end",
    "torch.distributed": "a program runs in one go, from top to end",
    "d2l": "copy the functions that are needed into the program",
    "fastai": "torch.nn, torch.optim and a loop do the same, step by step",
    "pytorch_lightning": "a loop over epochs and batches does the same, step by step",
    "lightning": "a loop over epochs and batches does the same, step by step",
    "transformers": "torch.nn.TransformerEncoder makes a small model without a download",
    "gym": "write a small environment as a class with reset() and step()",
    "gymnasium": "write a small environment as a class with reset() and step()",
    "tiktoken": "number the characters of a text with a dict",
    "scipy": "numpy.linalg, torch.linalg and torch.special have the commonest functions",
    "tensorflow": "this is PyTorch's dialect: import torch",
    "jax": "torch.func has grad, vmap and jacrev",
}
