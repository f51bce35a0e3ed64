"""Lines that surround lessons on a learner's own machine pass in programs here: bars, switches, `os`, `sys`."""

from __future__ import annotations

import pytest

from tests.visgrad.worker_runs import printed
from visgrad.worker.client import run_program

PASSES = {
    "a progress bar passes items on and counts": (
        (
            "from tqdm.auto import tqdm, trange\n"
            "bar = tqdm([3, 4], desc='epochs')\n"
            "for x in bar:\n    bar.set_postfix(loss=0.1)\n    tqdm.write(str(x))\n"
            "with tqdm(total=5) as b:\n    b.update(2)\n"
            "print(bar.n, len(bar), b.n, list(trange(2)))\n"
        ),
        "3\n4\n2 2 2 [0, 1]\n",
    ),
    "what is written to sys.stdout is printed": (
        (
            "import sys\nsys.stdout.write('a')\nsys.stdout.flush()\nprint('b', file=sys.stdout)\n"
            "if __name__ == '__main__':\n    sys.exit(0)\nprint('never')\n"
        ),
        "ab\n",
    ),
    "paths are text, and no file is there": (
        (
            "import os\nos.environ['CUDA_LAUNCH_BLOCKING'] = '1'\n"
            "print(os.path.join('data', 'x.csv'), os.path.exists('data'), os.getenv('HOME'), 'HOME' in os.environ)\n"
        ),
        "data/x.csv False None False\n",
    ),
    "names of files are only names, and what was saved is there": (
        (
            "import os, io, tempfile, torch\nfrom pathlib import Path\n"
            "os.makedirs('models', exist_ok=True)\nfolder = Path('models')\nfolder.mkdir(parents=True, exist_ok=True)\n"
            "path = folder / 'net.pt'\nprint(path.exists(), path.suffix)\ntorch.save({'epoch': 3}, path)\n"
            "print(path.exists(), os.path.exists('models/net.pt'), torch.load('models/net.pt'), path)\n"
            "os.remove(path)\nprint(path.exists())\nbuffer = io.BytesIO()\ntorch.save(torch.ones(1), buffer)\n"
            "buffer.seek(0)\nprint(torch.load(buffer))\n"
            "with tempfile.TemporaryDirectory() as there:\n    torch.save(1, os.path.join(there, 'x'))\n"
            "    print(torch.load(os.path.join(there, 'x')))\n"
        ),
        "False .pt\nTrue True {'epoch': 3} models/net.pt\nFalse\ntensor([1.])\n1\n",
    ),
    "a script's settings are its defaults, or what it writes itself": (
        (
            "import argparse\nparser = argparse.ArgumentParser(description='MNIST')\n"
            "parser.add_argument('--batch-size', type=int, default=64, metavar='N', help='size')\n"
            "parser.add_argument('--no-cuda', action='store_true')\nprint(parser.parse_args())\n"
            "args = parser.parse_args(['--batch-size', '8', '--no-cuda'])\nargs.lr = 0.1\n"
            "print(args.batch_size, dict(vars(args)))\n"
        ),
        "Namespace(batch_size=64, no_cuda=False)\n8 {'batch_size': 8, 'no_cuda': True, 'lr': 0.1}\n",
    ),
    "what is logged is told": (
        (
            "import logging\nlogging.info('quiet')\n"
            "logging.basicConfig(level=logging.INFO, format='%(levelname)s %(message)s')\n"
            "log = logging.getLogger(__name__)\nlog.info('step %d', 3)\nlog.debug('no')\n"
        ),
        "INFO step 3\n",
    ),
    "numerical gradients walk an array": (
        (
            "import numpy as np\nfrom types import SimpleNamespace\nx = np.array([[1., 2.], [3., 4.]])\n"
            "it = np.nditer(x, flags=['multi_index'], op_flags=['readwrite'])\nwhile not it.finished:\n"
            "    x[it.multi_index] *= 2\n    it.iternext()\nfor v in np.nditer(x, op_flags=['readwrite']):\n"
            "    v[...] += 1\nconfig = SimpleNamespace(x=x.tolist())\nconfig.n = 1\nprint(config)\n"
        ),
        "namespace(x=[[3.0, 5.0], [7.0, 9.0]], n=1)\n",
    ),
    "long text and nested values are laid out": (
        (
            "import textwrap\nfrom pprint import pprint\nprint(textwrap.fill('one two three', 8))\n"
            "pprint({'b': [1, 2], 'a': {'lr': 0.1}}, width=20)\n"
        ),
        "one two\nthree\n{'a': {'lr': 0.1},\n 'b': [1, 2]}\n",
    ),
    "profilers let a program pass and say where to look": (
        (
            "import torch, timeit\nfrom torch.profiler import profile, record_function, ProfilerActivity\n"
            "with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as prof:\n"
            "    with record_function('forward'):\n        x = torch.ones(2) * 2\n"
            "print('recording' in prof.key_averages().table(sort_by='cpu_time_total'))\n"
            "print(timeit.timeit(lambda: x + x, number=3) > 0)\n"
        ),
        "True\nTrue\n",
    ),
    "a signature shows names and plain defaults": (
        (
            "import inspect, torch\nprint('lr' in inspect.signature(torch.optim.AdamW).parameters)\n"
            "print(inspect.signature(lambda x, n=2: x))\n"
        ),
        "True\n(x, n=2)\n",
    ),
    "modules are put into a block's own table": (
        (
            "import torch\nfrom torch import nn\nclass Block(nn.Module):\n    def __init__(self, *parts):\n"
            "        super().__init__()\n        for i, part in enumerate(parts):\n"
            "            self._modules[str(i)] = part\n    def forward(self, x):\n"
            "        for part in self._modules.values():\n            x = part(x)\n        return x\n"
            "net = Block(nn.Flatten(), nn.ReLU())\nprint(net, net._modules.keys(), net(-torch.ones(1, 2)))\n"
        ),
        (
            "Block(\n  (0): Flatten(start_dim=1, end_dim=-1)\n  (1): ReLU()\n) dict_keys(['0', '1']) "
            "tensor([[0., 0.]])\n"
        ),
    ),
    "switches of back ends can be set": (
        (
            "import torch\nimport torch.backends.cudnn as cudnn\ncudnn.benchmark = True\n"
            "torch.backends.cudnn.deterministic = True\ntorch.use_deterministic_algorithms(True)\n"
            "print(torch.backends.cudnn.benchmark, cudnn.deterministic, torch.backends.mps.is_available())\n"
        ),
        "True True False\n",
    ),
    "a compiled function is the function": (
        "import torch\n@torch.compile\ndef f(x): return x * 2\nprint(f(torch.ones(1)), torch.compile(f)(3))\n",
        "tensor([2.]) 6\n",
    ),
    "mixed precision that is switched off changes nothing": (
        (
            "import torch\nw = torch.ones(1, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.5)\n"
            "scaler = torch.amp.GradScaler('cuda', enabled=False)\n"
            "with torch.autocast('cpu', enabled=False):\n    loss = (w * 3).sum()\n"
            "scaler.scale(loss).backward()\nscaler.step(opt)\nscaler.update()\nprint(w)\n"
        ),
        "tensor([-0.5000], requires_grad=True)\n",
    ),
    "text, dates and JSON": (
        (
            "import re, json, datetime, unicodedata, heapq, bisect\n"
            "print(re.sub(r'[^a-z]+', ' ', 'ab12cd'), json.loads(json.dumps({'a': [1, None]})))\n"
            "print(datetime.datetime.strptime('2024-03-01', '%Y-%m-%d').month, datetime.timedelta(seconds=90))\n"
            "print(unicodedata.normalize('NFD', 'é')[0], heapq.nsmallest(1, [3, 1]), bisect.bisect([1, 3], 2))\n"
        ),
        "ab cd {'a': [1, None]}\n3 0:01:30\ne [1] 1\n",
    ),
    "a layer is found where PyTorch keeps it": (
        (
            "import torch\nfrom torch import nn\nfrom torch.nn.modules.conv import Conv2d\n"
            "print(Conv2d is nn.Conv2d, nn.modules.linear.Linear is nn.Linear, torch.utils.data.DataLoader.__name__)\n"
        ),
        "True True DataLoader\n",
    ),
}


@pytest.mark.parametrize("name", PASSES)
def test_it_passes(name: str) -> None:
    program, expected = PASSES[name]
    recording = run_program(program)
    assert recording.error is None, recording.error
    assert printed(recording) == expected


def test_what_a_run_saves_it_can_load_again_and_no_other_run_can() -> None:
    program = """
import torch
model = torch.nn.Linear(1, 1)
torch.save({"model": model.state_dict(), "epoch": 3}, "model.pt")
kept = model.weight.item()
model.weight.data.fill_(7)
found = torch.load("model.pt", weights_only=True)
model.load_state_dict(found["model"])
print(model.weight.item() == kept, found["epoch"])
"""
    assert printed(run_program(program)) == "True 3\n"
    error = run_program("import torch\ntorch.load('model.pt')").error
    assert error is not None
    assert error.type == "FileNotFoundError"


def test_switches_that_a_run_sets_are_as_before_in_the_next() -> None:
    first = "import torch\ntorch.backends.cudnn.benchmark = True\ntorch.backends.mps.is_available = lambda: True\n"
    second = "import torch\nprint(torch.backends.cudnn.benchmark, torch.backends.mps.is_available())\n"
    run_program(first)
    assert printed(run_program(second)) == "False False\n"


@pytest.mark.parametrize("line", ["import torchvision", "import pandas as pd", "from torch.utils.tensorboard import x"])
def test_what_is_not_there_is_said_with_what_works_instead(line: str) -> None:
    error = run_program(line).error
    assert error is not None
    assert error.type == "ModuleNotFoundError"
    assert " here: " in error.message
