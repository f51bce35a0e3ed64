# Gradients add up · 기울기의 누적
#
# backward() does not replace .grad, it adds to it. That is why training loops
# clear the gradients before every step.
import torch

w = torch.tensor(1.0, requires_grad=True)

(3 * w).backward()
print("after the first backward: ", w.grad)

(3 * w).backward()
print("after the second backward:", w.grad)

w.grad.zero_()
(3 * w).backward()
print("cleared in between:       ", w.grad)
