# Automatic differentiation · 자동 미분
#
# Every operation on w is remembered. backward() walks back along them, from z to w,
# and leaves dz/dw in w.grad. With z = 10·w² + 25 that is 20·w, so 40 at w = 2.
# pyTorch의 핵심은 자동 미분의 지원 -> backward 함수 사용

# %% y = w²,  z = 10·y + 25
import torch

w = torch.tensor(2.0, requires_grad=True) # 미분대상에 true 
y = w**2
z = 10*y+25
z.backward()
w.grad

# %% Partial derivatives · 편미분:  Q = 3a³ - b²
# Q has two elements, so backward() is told what arrives at each of them.
a = torch.tensor([2.,3.], requires_grad = True)
b = torch.tensor([6.,4.], requires_grad = True)
Q = 3*a**3 - b**2
external_grad = torch.tensor([1.,1.])
Q.backward(gradient = external_grad)

print(Q)
print(a.grad)
print(b.grad)
