# Attention, step by step · 한 걸음씩 보는 어텐션
#
# Every position asks (q), offers (k) and carries (v). The mask hides the future:
# where it puts -inf the softmax gives 0, and no gradient flows back.
import torch

torch.manual_seed(0)
T, C = 4, 3
x = torch.randn(T, C)
Wq, Wk, Wv = (torch.randn(C, C, requires_grad=True) for _ in range(3))

q, k, v = x @ Wq, x @ Wk, x @ Wv
scores = q @ k.T / C ** 0.5

future = torch.triu(torch.ones(T, T), diagonal=1).bool()
weights = scores.masked_fill(future, float("-inf")).softmax(dim=-1)
print(weights)

out = weights @ v
out.square().mean().backward()
print(Wv.grad)
