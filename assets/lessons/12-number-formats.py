# Number formats: what gets lost · 수의 형식: 무엇을 잃는가
#
# float16 and bfloat16 have 16 bits. float16 keeps about three digits and little range;
# bfloat16 keeps two digits and the whole range of float32.
import torch

for kind in (torch.float32, torch.float16, torch.bfloat16):
    print(kind, torch.tensor(0.1, dtype=kind).item(), torch.finfo(kind).max)

# %% A small change is lost when it is added to a large number · 큰 수에 더한 작은 변화는 사라진다
w = torch.ones(1, dtype=torch.bfloat16)
for _ in range(100):
    w = w + 0.001
print("bfloat16, a hundred times 0.001 added to 1:", w.item())
print("the sum of a thousand ones is kept in float32 until its end:", torch.ones(1000, dtype=torch.bfloat16).sum().item())

# %% A small gradient vanishes in float16; a scaled loss brings it back · float16에서 사라지는 작은 기울기를 손실을 키워 살린다
x = torch.tensor([1e-4, 2e-4], dtype=torch.float16, requires_grad=True)
loss = (x.float() * 1e-5).sum() * 1e-3
loss.backward()
print("lost:", x.grad)

x.grad = None
((x.float() * 1e-5).sum() * 1e-3 * 2**16).backward()
print("scaled, then divided:", x.grad.float() / 2**16)

# %% Mixed precision: products in bfloat16, weights and their gradients in float32 · 혼합 정밀도: 곱은 bfloat16, 가중치와 기울기는 float32
torch.manual_seed(0)
weight = torch.randn(3, 2, requires_grad=True)
with torch.autocast("cpu", dtype=torch.bfloat16):
    y = torch.randn(4, 3) @ weight
y.float().square().mean().backward()
print(y.dtype, weight.grad.dtype)
