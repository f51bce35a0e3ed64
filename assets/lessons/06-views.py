# Views share their memory · 뷰와 메모리 공유
#
# A view is another way to look at the same numbers. Writing through one is seen
# by all, and gradients find their way back through the view.
import torch

t = torch.arange(6.)
rows = t.view(2, 3)
rows[0, 0] = 100
print(t)

x = torch.ones(2, 3, requires_grad=True)
column = x[:, 0]
column.sum().backward()
x.grad
