# The derivative of a derivative · 도함수의 도함수
#
# With create_graph=True the backward pass is recorded too: the gradient has a history
# of its own, and can be differentiated once more. Its nodes are marked ∂ in the picture.
import torch

x = torch.tensor(2.0, requires_grad=True)
y = x ** 4

(slope,) = torch.autograd.grad(y, x, create_graph=True)
print("4x³  =", slope)

(bend,) = torch.autograd.grad(slope, x)
print("12x² =", bend)

# %% A penalty on the slope: the loss contains a gradient, and backward() goes through both
w = torch.tensor([1.0, -2.0], requires_grad=True)
x = torch.tensor([0.5, 1.5], requires_grad=True)
out = torch.tanh(w @ x)
(slope,) = torch.autograd.grad(out, x, create_graph=True)
penalty = (slope ** 2).sum()
penalty.backward()
w.grad
