# An error to learn from: changing a leaf · 리프 텐서의 제자리 연산 오류
#
# w collects gradients, so it must stay what it was when the graph began.
# The last line asks to overwrite it and is refused. Put it inside
# "with torch.no_grad():" and it becomes a plain update.
import torch

w = torch.tensor([1., 2.], requires_grad=True)
loss = (w ** 2).sum()
loss.backward()
print("gradient:", w.grad)

w -= 0.1 * w.grad
