"""Programs whose pictures are looked at: what learners write, and what is hard to draw."""

from __future__ import annotations

LESSON = """\
import torch
w = torch.tensor(2.0, requires_grad=True)
y = w**2
z = 10*y + 25
z.backward()
print(w.grad)
"""

EXTERNAL = """\
import torch
a = torch.tensor([2., 3.], requires_grad=True)
b = torch.tensor([6., 4.], requires_grad=True)
Q = 3*a**3 - b**2
external_grad = torch.tensor([1., 1.])
Q.backward(gradient=external_grad)
print(a.grad, b.grad)
"""

REGRESSION = """\
import torch
torch.manual_seed(0)
x = torch.linspace(-1, 1, 20).unsqueeze(1)
target = 3*x + 0.5
w = torch.zeros(1, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
prediction = x @ w + b
loss = ((prediction - target)**2).mean()
loss.backward()
with torch.no_grad():
    w -= 0.1 * w.grad
    b -= 0.1 * b.grad
"""

PERCEPTRON = """\
import torch
from torch import nn
torch.manual_seed(0)
class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 8)
        self.out = nn.Linear(8, 3)
    def forward(self, x):
        return self.out(torch.relu(self.hidden(x)))
model = MLP()
x = torch.randn(5, 4)
target = torch.tensor([0, 2, 1, 1, 0])
loss = nn.functional.cross_entropy(model(x), target)
loss.backward()
"""

CONVOLUTION = """\
import torch
from torch import nn
torch.manual_seed(0)
features = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
head = nn.Linear(4 * 7 * 7, 10)
images = torch.randn(2, 1, 14, 14)
labels = torch.tensor([3, 7])
h = features(images)
scores = head(h.flatten(1))
loss = nn.functional.cross_entropy(scores, labels)
loss.backward()
"""

RECURRENT = """\
import torch
torch.manual_seed(0)
U = torch.randn(3, 4, requires_grad=True)
W = torch.randn(4, 4, requires_grad=True)
b = torch.zeros(4, requires_grad=True)
xs = torch.randn(6, 2, 3)
h = torch.zeros(2, 4)
for x in xs:
    h = torch.tanh(x @ U + h @ W + b)
loss = h.pow(2).mean()
loss.backward()
"""

ATTENTION = """\
import torch
torch.manual_seed(0)
x = torch.randn(6, 8)
Wq = torch.randn(8, 4, requires_grad=True)
Wk = torch.randn(8, 4, requires_grad=True)
Wv = torch.randn(8, 4, requires_grad=True)
q, k, v = x @ Wq, x @ Wk, x @ Wv
scores = q @ k.T / 4**0.5
weights = torch.softmax(scores, dim=-1)
out = weights @ v
loss = out.sum()
loss.backward()
"""

DOUBLE = """\
import torch
x = torch.tensor(2.0, requires_grad=True)
y = x**3 * torch.sin(x)
dy, = torch.autograd.grad(y, x, create_graph=True)
penalty = y + dy**2
penalty.backward()
print(x.grad)
"""

IN_PLACE = """\
import torch
x = torch.arange(6., requires_grad=True)
grid = (x * 2).view(2, 3)
row = grid[0]
row.mul_(10)
grid += 1
total = (grid.t() @ grid).sum()
total.backward()
fixed = total.detach() / 2
"""

DYNAMIC = """\
import torch
x = torch.tensor([1.5, -0.5], requires_grad=True)
y = x
steps = 0
while y.norm() < 100:
    if y.sum() > 5:
        y = y * 2
    else:
        y = y * 3 + 1
    steps += 1
loss = y.sum()
loss.backward()
"""

BROKEN = """\
import torch
torch.manual_seed(0)
x = torch.randn(2, 3)
W = torch.randn(4, 3, requires_grad=True)
scale = torch.tensor(0.5)
h = torch.relu(x * scale)
y = h @ W
loss = y.mean()
"""

TRAINING = """\
import torch
from torch import nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.rand(32, 2)
target = (x[:, :1] * x[:, 1:]).sqrt()
for epoch in range(20):
    prediction = model(x)
    loss = nn.functional.mse_loss(prediction, target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss)
"""

RESIDUAL = """\
import torch
from torch import nn
torch.manual_seed(0)
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(width, width)
    def forward(self, x):
        return x + torch.relu(self.inner(self.norm(x)))
net = nn.Sequential(Block(6), Block(6), Block(6), nn.Linear(6, 1))
loss = net(torch.randn(4, 6)).mean()
loss.backward()
"""

SCALARS = """\
import random
import torch
random.seed(0)
def number():
    return torch.tensor(random.uniform(-1, 1), requires_grad=True)
def neuron(xs, ws, b):
    total = b
    for w, x in zip(ws, xs):
        total = total + w * x
    return total.tanh()
sizes = [2, 16, 16, 1]
layers = [[([number() for _ in range(n)], number()) for _ in range(m)] for n, m in zip(sizes, sizes[1:])]
points = [(random.uniform(-1, 1), random.uniform(-1, 1)) for _ in range(PAIRS)]
loss = torch.tensor(0.0)
for first, second in points:
    h = [torch.tensor(first), torch.tensor(second)]
    for layer in layers:
        h = [neuron(h, ws, b) for ws, b in layer]
    loss = loss + (h[0] - first * second)**2
loss.backward()
"""


KOREAN = """\
import torch
torch.manual_seed(0)
def 예측(입력, 가중치, 편향):
    return 입력 @ 가중치 + 편향
입력 = torch.tensor([[1., 2.], [3., 4.]])
정답 = torch.tensor([[1.], [0.]])
가중치 = torch.randn(2, 1, requires_grad=True)
편향 = torch.zeros(1, requires_grad=True)
오차 = 예측(입력, 가중치, 편향) - 정답
손실 = (오차**2).mean()
손실.backward()
"""

KINDS = """\
import torch
from torch import nn
parameter = nn.Parameter(torch.tensor([1., -2.]))
leaf = torch.tensor([0.5, 3.], requires_grad=True)
constant = torch.tensor([2., 2.])
result = leaf * constant + parameter
view = result.view(1, 2)
result.mul_(3)
detached = result.detach()
with torch.no_grad():
    untracked = result * 2
output = view.sum()
slope, = torch.autograd.grad(output, leaf, create_graph=True)
(output + slope.sum()**2).backward()
"""


def chained(operations: int) -> str:
    """So many operations, each on the one before; a branch of two in every ten."""
    return f"""\
import torch
x = y = torch.tensor(0.5, requires_grad=True)
for step in range({operations} // 10):
    a = torch.sin(y) * 0.5
    b = torch.cos(y) + 0.1
    y = torch.tanh(a * b - x * 0.3) + a
loss = y * y
loss.backward()
"""


def scalars(points: int) -> str:
    """A network of single numbers; each point is about 700 operations."""
    return SCALARS.replace("PAIRS", str(points))


GALLERY = {
    "lesson": LESSON,
    "external gradient": EXTERNAL,
    "linear regression": REGRESSION,
    "perceptron": PERCEPTRON,
    "convolution": CONVOLUTION,
    "recurrent, unrolled": RECURRENT,
    "attention": ATTENTION,
    "double backward": DOUBLE,
    "in place and views": IN_PLACE,
    "dynamic loop": DYNAMIC,
    "broken": BROKEN,
    "training, folded": TRAINING,
    "residual blocks": RESIDUAL,
    "10,000 scalars": scalars(15),
    "every kind of card": KINDS,
    "names in Korean": KOREAN,
}
