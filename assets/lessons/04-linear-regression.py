# Linear regression by hand · 선형 회귀
#
# Find w and b so that w·x + b is close to y: no optimizer, only gradients.
import torch

torch.manual_seed(0)
x = torch.linspace(-1, 1, 8)
y = 2 * x + 1 + 0.1 * torch.randn(8)

w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
rate = 0.4

for step in range(12):
    prediction = w * x + b
    loss = ((prediction - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():      # changing the leaves is no part of the graph
        w -= rate * w.grad
        b -= rate * b.grad
    w.grad = None
    b.grad = None
    print(f"step {step:2d}   loss {loss.item():.4f}")

print(f"w = {w.item():.2f}, b = {b.item():.2f}")
