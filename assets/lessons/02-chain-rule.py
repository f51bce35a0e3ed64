# The chain rule · 연쇄 법칙
#
# A chain of functions: the slope of the whole is the product of the slopes of its links.
# Step through the backward pass: each operation multiplies what arrives by its own slope.
import torch

x = torch.tensor(0.5, requires_grad=True)
u = 3 * x          # du/dx = 3
v = u.tanh()       # dv/du = 1 - v²
y = v ** 2         # dy/dv = 2v
y.backward()

by_hand = 2 * v * (1 - v**2) * 3
print("by autograd:", x.grad.item())
print("by hand:    ", by_hand.item())

# %% A value used twice receives two contributions, and they add up
# y = x·x has two edges back to x; each brings x, so x.grad is 2x.
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward()
x.grad
